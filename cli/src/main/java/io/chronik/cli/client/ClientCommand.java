package io.chronik.cli.client;

import io.chronik.cli.output.HelpOption;
import io.chronik.cli.output.Output;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Mixin;

/// A command that talks to a cluster through the admin client. Returns its exit code: 0, or 1 when any item failed.
public abstract class ClientCommand implements Callable<Integer> {
    @Mixin
    protected final Connection connection = new Connection();

    @Mixin
    protected final Output output = new Output();

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private final HelpOption help = new HelpOption();

    @Override
    public final Integer call() {
        checkUsage();
        try (Admin admin = connection.admin()) {
            return run(admin);
        }
    }

    /// Throws `ParameterException` for options that make no sense together, before anything is connected.
    protected void checkUsage() {}

    protected abstract int run(Admin admin);
}
