package io.chronik.cli.member;

import io.chronik.cli.client.ClientCommand;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `chronik node remove-voter`.
@Command(
        name = "remove-voter",
        description = "Let a node vote on metadata no more. It keeps its partitions and goes on following.",
        footer = {"", "Examples:", "  chronik node remove-voter 3"})
final class RemoveVoter extends ClientCommand {
    @Parameters(paramLabel = "ID", description = "The node.")
    private int node;

    @Override
    protected int run(Admin admin) {
        Voters.remove(admin, node, false);
        return VoterChange.show(output, node, "observer");
    }
}
