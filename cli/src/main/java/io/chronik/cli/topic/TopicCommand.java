package io.chronik.cli.topic;

import io.chronik.cli.client.NounCommand;
import picocli.CommandLine.Command;

/// `chronik topic`.
@Command(
        name = "topic",
        description = "Create, list, describe, alter and delete topics.",
        subcommands = {TopicCreate.class, TopicList.class, TopicDescribe.class, TopicAlter.class, TopicDelete.class},
        footer = {
            "",
            "Examples:",
            "  chronik topic create orders -p 6",
            "  chronik topic describe orders",
        })
public final class TopicCommand extends NounCommand {}
