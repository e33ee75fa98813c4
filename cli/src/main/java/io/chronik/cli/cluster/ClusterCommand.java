package io.chronik.cli.cluster;

import io.chronik.cli.client.NounCommand;
import picocli.CommandLine.Command;

/// `chronik cluster`.
@Command(
        name = "cluster",
        description = "Look at the cluster as a whole.",
        subcommands = {ClusterStatus.class, HealthCommand.class},
        footer = {
            "",
            "Examples:",
            "  chronik cluster status",
            "  chronik cluster status -o json",
            "  chronik cluster health"
        })
public final class ClusterCommand extends NounCommand {}
