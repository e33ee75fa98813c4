package io.chronik.cli.metadata;

import io.chronik.cli.client.NounCommand;
import picocli.CommandLine.Command;

/// `chronik metadata`.
@Command(
        name = "metadata",
        description = "Look into a node's metadata log.",
        subcommands = MetadataDump.class,
        footer = {"", "Examples:", "  chronik metadata dump chronik-data | jq .command"})
public final class MetadataCommand extends NounCommand {}
