package io.chronik.cli.group;

import io.chronik.cli.client.NounCommand;
import picocli.CommandLine.Command;

/// `chronik group`.
@Command(
        name = "group",
        description = "List, describe, reset and delete consumer groups.",
        subcommands = {GroupList.class, GroupDescribe.class, GroupReset.class, GroupDelete.class},
        footer = {
            "",
            "Examples:",
            "  chronik group describe billing",
            "  chronik group reset billing --to start --dry-run",
        })
public final class GroupCommand extends NounCommand {}
