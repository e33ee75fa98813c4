package io.chronik.cli;

import io.chronik.cli.output.HelpOption;
import io.chronik.cli.output.Output;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `chronik version`.
@Command(
        name = "version",
        description = "Show the version of Chronik, of the Kafka protocol it speaks and of Java.",
        footer = {"", "Examples:", "  chronik version", "  chronik version -o json"})
final class VersionCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private final HelpOption help = new HelpOption();

    @Override
    public Integer call() {
        Map<String, Object> versions = new LinkedHashMap<>();
        versions.put("chronik", Version.text());
        versions.put("kafka", Version.ofProtocol());
        versions.put("java", Runtime.version().toString());
        output.show(
                versions,
                out -> out.println("chronik " + Version.text() + " (Kafka protocol " + Version.ofProtocol() + ", Java "
                        + Runtime.version() + ")"));
        return 0;
    }
}
