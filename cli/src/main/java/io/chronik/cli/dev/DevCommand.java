package io.chronik.cli.dev;

import io.chronik.cli.client.NounCommand;
import picocli.CommandLine.Command;

/// `chronik dev`.
@Command(
        name = "dev",
        description = "Run a cluster of several nodes on this machine, to try things out.",
        subcommands = {DevCluster.class, DevStop.class},
        footer = {"", "Examples:", "  chronik dev cluster 3", "  chronik dev stop"})
public final class DevCommand extends NounCommand {}
