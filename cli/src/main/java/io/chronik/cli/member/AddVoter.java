package io.chronik.cli.member;

import io.chronik.cli.client.ClientCommand;
import io.chronik.server.config.HostPort;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `chronik node add-voter`.
@Command(
        name = "add-voter",
        description = "Let a node vote on metadata. It must be running.",
        footer = {
            "",
            "Examples:",
            "  chronik node add-voter 4",
            "  chronik node add-voter 4 --address 10.0.0.4:9093",
        })
final class AddVoter extends ClientCommand {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "The node.")
    private int node;

    @Option(
            names = "--address",
            paramLabel = "HOST:PORT",
            description = "Its internal address, when it is not the one that it has registered.")
    private @Nullable String address;

    @Option(
            names = "--listener",
            paramLabel = "NAME",
            defaultValue = "CONTROLLER",
            description = "Name of the internal listener (default: ${DEFAULT-VALUE}).")
    private String listener = "CONTROLLER";

    @Override
    protected void checkUsage() {
        var _ = endpoint();
    }

    @Override
    protected int run(Admin admin) {
        Voters.add(admin, node, endpoint());
        return VoterChange.show(output, node, "voter");
    }

    private Optional<RaftVoterEndpoint> endpoint() {
        if (address == null) {
            return Optional.empty();
        }
        HostPort parsed = HostPort.parse(address)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "--address " + address + " is not HOST:PORT, as in 10.0.0.4:9093"));
        return Optional.of(new RaftVoterEndpoint(listener, parsed.host(), parsed.port()));
    }
}
