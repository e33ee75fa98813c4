package io.chronik.bench;

import io.chronik.bench.cases.Case;
import io.chronik.bench.cases.Cases;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// The names that `--case` takes.
@Command(name = "list", mixinStandardHelpOptions = true, description = "The cases, with the brokers of each.")
final class ListCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        for (Case each : Cases.all()) {
            String kind = switch (each) {
                case Case.Load _ -> "load";
                case Case.Lifecycle _ -> "lifecycle (compare only)";
                case Case.Series _ -> "faults (compare only)";
            };
            System.out.println(each.name() + "  " + String.join(" ", each.brokers()) + "  " + kind);
        }
        return 0;
    }
}
