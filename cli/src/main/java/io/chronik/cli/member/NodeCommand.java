package io.chronik.cli.member;

import io.chronik.cli.client.NounCommand;
import picocli.CommandLine.Command;

/// `chronik node`.
@Command(
        name = "node",
        description = "See the nodes, move data away from one, take one out, and change who votes on metadata.",
        subcommands = {NodeList.class, NodeDrain.class, NodeRemove.class, AddVoter.class, RemoveVoter.class},
        footer = {"", "Examples:", "  chronik node list", "  chronik node drain 3", "  chronik node remove 3"})
public final class NodeCommand extends NounCommand {}
