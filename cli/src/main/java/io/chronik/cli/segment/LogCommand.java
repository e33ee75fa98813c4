package io.chronik.cli.segment;

import io.chronik.cli.client.NounCommand;
import picocli.CommandLine.Command;

/// `chronik log`.
@Command(
        name = "log",
        description = "Look into the files of a partition.",
        subcommands = LogDump.class,
        footer = {"", "Examples:", "  chronik log dump chronik-data/*/00000000000000000000.log"})
public final class LogCommand extends NounCommand {}
