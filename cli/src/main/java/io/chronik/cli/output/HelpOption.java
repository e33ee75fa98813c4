package io.chronik.cli.output;

import picocli.CommandLine.Option;

/// The `--help` of every command.
public final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean requested;

    public boolean isRequested() {
        return requested;
    }
}
