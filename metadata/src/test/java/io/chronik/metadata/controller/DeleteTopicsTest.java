package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.SETTINGS;
import static io.chronik.metadata.controller.Images.applied;
import static io.chronik.metadata.controller.Images.nodes;
import static io.chronik.metadata.controller.Images.withTopic;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class DeleteTopicsTest {
    private final ClusterImage image = withTopic(withTopic(nodes(1), "orders", 2, 1), "payments", 1, 1);
    private final Uuid orders = image.topic("orders").orElseThrow().id();

    @Test
    void aTopicGoesByNameInOldVersions() {
        // Given
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTopicNames(List.of("orders", "nobody"));

        // When
        Decision<DeleteTopicsResponseData> decision = DeleteTopics.decide(request, image, SETTINGS);

        // Then
        assertThat(errors(decision)).containsExactly(Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(applied(image, decision).topicsByName().keySet()).containsExactly("payments");
        assertThat(applied(image, decision).topic(orders)).isEmpty();
    }

    @Test
    void aTopicGoesById() {
        // Given
        DeleteTopicsRequestData request = request(byId(orders), byId(new Uuid(99, 99)));

        // When
        Decision<DeleteTopicsResponseData> decision = DeleteTopics.decide(request, image, SETTINGS);

        // Then
        assertThat(errors(decision)).containsExactly(Errors.NONE, Errors.UNKNOWN_TOPIC_ID);
        assertThat(decision.reply().responses().find("orders").topicId()).isEqualTo(orders);
    }

    @Test
    void ambiguousRequestsDeleteNothing() {
        // Given
        DeleteTopicsRequestData request = request(
                new DeleteTopicState().setName("orders").setTopicId(orders),
                new DeleteTopicState(),
                byName("payments"),
                byName("payments"));

        // When
        Decision<DeleteTopicsResponseData> decision = DeleteTopics.decide(request, image, SETTINGS);

        // Then
        assertThat(errors(decision)).hasSize(3).containsOnly(Errors.INVALID_REQUEST);
        assertThat(decision.commands()).isEmpty();
    }

    @Test
    void aTopicNamedAndGivenByIdGoesOnce() {
        // When
        Decision<DeleteTopicsResponseData> decision =
                DeleteTopics.decide(request(byName("orders"), byId(orders)), image, SETTINGS);

        // Then
        assertThat(errors(decision)).containsExactly(Errors.NONE, Errors.INVALID_REQUEST);
        assertThat(decision.commands()).hasSize(1);
    }

    @Test
    void nothingGoesWhileDeletionIsDisabled() {
        // Given
        ControllerSettings disabled = new ControllerSettings(1, 1, false, Map.of());

        // When
        Decision<DeleteTopicsResponseData> decision = DeleteTopics.decide(request(byName("orders")), image, disabled);

        // Then
        assertThat(errors(decision)).containsExactly(Errors.TOPIC_DELETION_DISABLED);
        assertThat(decision.commands()).isEmpty();
    }

    private static DeleteTopicsRequestData request(DeleteTopicState... topics) {
        return new DeleteTopicsRequestData().setTopics(List.of(topics));
    }

    private static DeleteTopicState byName(String name) {
        return new DeleteTopicState().setName(name);
    }

    private static DeleteTopicState byId(Uuid id) {
        return new DeleteTopicState().setTopicId(id);
    }

    private static List<Errors> errors(Decision<DeleteTopicsResponseData> decision) {
        return decision.reply().responses().stream()
                .map(DeletableTopicResult::errorCode)
                .map(Errors::forCode)
                .toList();
    }
}
