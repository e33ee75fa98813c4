package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// DeleteTopics, by name (all versions) and by id (version 6).
public final class DeleteTopics {
    private final ClusterImage image;
    private final DeleteTopicsResponseData response = new DeleteTopicsResponseData();
    private final List<Command> commands = new ArrayList<>();
    private final Set<Uuid> deleted = new HashSet<>();

    private DeleteTopics(ClusterImage image) {
        this.image = image;
    }

    public static Decision<DeleteTopicsResponseData> decide(
            DeleteTopicsRequestData request, ClusterImage image, ControllerSettings settings) {
        List<DeleteTopicState> topics = new ArrayList<>(request.topics());
        request.topicNames().forEach(name -> topics.add(new DeleteTopicState().setName(name)));
        DeleteTopics decision = new DeleteTopics(image);
        if (settings.topicDeletion()) {
            decision.delete(topics);
        } else {
            topics.forEach(topic -> decision.refuse(topic, Errors.TOPIC_DELETION_DISABLED, null));
        }
        return new Decision<>(decision.commands, decision.response);
    }

    private void delete(List<DeleteTopicState> topics) {
        Map<Object, Integer> times = new HashMap<>();
        topics.forEach(topic -> times.merge(keyOf(topic), 1, Integer::sum));
        Set<Object> refusedAsRepeated = new HashSet<>();
        for (DeleteTopicState topic : topics) {
            if (times.getOrDefault(keyOf(topic), 0) == 1 || !isWellFormed(topic)) {
                delete(topic);
            } else if (refusedAsRepeated.add(keyOf(topic))) {
                refuse(
                        topic,
                        Errors.INVALID_REQUEST,
                        topic.name() == null ? "Duplicate topic id." : "Duplicate topic name.");
            }
        }
    }

    private void delete(DeleteTopicState asked) {
        if (!isWellFormed(asked)) {
            refuse(
                    asked,
                    Errors.INVALID_REQUEST,
                    asked.name() == null
                            ? "Neither topic name nor id were specified."
                            : "You may not specify both topic name and topic id.");
            return;
        }
        Optional<TopicImage> topic = asked.name() == null ? image.topic(asked.topicId()) : image.topic(asked.name());
        if (topic.isEmpty()) {
            refuse(asked, asked.name() == null ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION, null);
        } else if (!deleted.add(topic.get().id())) {
            refuse(asked, Errors.INVALID_REQUEST, "The provided topic name maps to an ID that was already supplied.");
        } else {
            commands.add(new Command.DeleteTopic(topic.get().id()));
            response.responses()
                    .add(new DeletableTopicResult()
                            .setName(topic.get().name())
                            .setTopicId(topic.get().id())
                            .setErrorCode(Errors.NONE.code()));
        }
    }

    private void refuse(DeleteTopicState asked, Errors error, @Nullable String message) {
        response.responses()
                .add(new DeletableTopicResult()
                        .setName(asked.name())
                        .setTopicId(asked.topicId())
                        .setErrorCode(error.code())
                        .setErrorMessage(message == null ? error.message() : message));
    }

    /// Exactly one of name and id.
    private static boolean isWellFormed(DeleteTopicState asked) {
        return (asked.name() == null) != asked.topicId().equals(Uuid.ZERO_UUID);
    }

    private static Object keyOf(DeleteTopicState asked) {
        return asked.name() == null ? asked.topicId() : asked.name();
    }
}
