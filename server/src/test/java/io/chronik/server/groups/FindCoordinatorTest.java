package io.chronik.server.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.coordinators.InMemoryCoordinatorLog;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.junit.jupiter.api.Test;

class FindCoordinatorTest {
    @Test
    void theFirstQuestionCreatesTheTopicAndIsAnsweredRight() {
        try (GroupServer server = new GroupServer()) {
            // When
            Coordinator coordinator = find(server, CoordinatorType.GROUP, "g").getFirst();

            // Then
            assertThat(Errors.forCode(coordinator.errorCode())).isEqualTo(Errors.NONE);
            assertThat(coordinator.key()).isEqualTo("g");
            assertThat(coordinator.nodeId()).isEqualTo(1);
            assertThat(coordinator.host()).isEqualTo("127.0.0.1");
            assertThat(server.metadata.created).singleElement().satisfies(topic -> {
                assertThat(topic.name()).isEqualTo(Topic.GROUP_METADATA_TOPIC_NAME);
                assertThat(topic.numPartitions()).isEqualTo(3);
                assertThat(topic.replicationFactor()).isEqualTo((short) 1);
                assertThat(topic.configs().find("cleanup.policy").value()).isEqualTo("compact");
                assertThat(topic.configs().find("compression.type").value()).isEqualTo("producer");
                assertThat(topic.configs().find("segment.bytes").value()).isEqualTo("104857600");
            });
            assertThat(heartbeat(server)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }
    }

    @Test
    void manyFirstQuestionsCreateTheTopicOnce() {
        try (GroupServer server = new GroupServer()) {
            // When
            List<CompletableFuture<AbstractResponse>> answers = List.of(
                    server.send(ApiKeys.FIND_COORDINATOR, 6, question(CoordinatorType.GROUP.id(), "a")),
                    server.send(ApiKeys.FIND_COORDINATOR, 6, question(CoordinatorType.GROUP.id(), "b")),
                    server.send(ApiKeys.FIND_COORDINATOR, 6, question(CoordinatorType.GROUP.id(), "c")));

            // Then
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(coordinators(answer))
                            .allSatisfy(found -> assertThat(found.errorCode()).isZero()));
            assertThat(server.metadata.created).hasSize(1);
        }
    }

    @Test
    void aGroupRequestWithoutTheQuestionWorksToo() {
        try (GroupServer server = new GroupServer()) {
            assertThat(heartbeat(server)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }
    }

    @Test
    void aFailedCreationIsTriedAgainWithTheNextQuestion() {
        try (GroupServer server = new GroupServer()) {
            // Given
            server.metadata.creationError = Errors.INVALID_REPLICATION_FACTOR;
            assertThat(errorsOf(find(server, CoordinatorType.GROUP, "g")))
                    .containsExactly(Errors.COORDINATOR_NOT_AVAILABLE);
            assertThat(heartbeat(server)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);

            // When
            server.metadata.creationError = Errors.NONE;

            // Then
            assertThat(errorsOf(find(server, CoordinatorType.GROUP, "g"))).containsExactly(Errors.NONE);
        }
    }

    @Test
    void lookingForGroupsCreatesNothing() {
        try (GroupServer server = new GroupServer()) {
            // When
            ListGroupsResponseData listed =
                    server.ask(ApiKeys.LIST_GROUPS, 5, new ListGroupsRequestData(), ListGroupsResponseData.class);

            // Then
            assertThat(listed.errorCode()).isZero();
            assertThat(listed.groups()).isEmpty();
            assertThat(server.metadata.created).isEmpty();
        }
    }

    @Test
    void transactionsAndSharesAreRefusedForGood() {
        try (GroupServer server = new GroupServer()) {
            assertThat(errorsOf(find(server, CoordinatorType.TRANSACTION, "a", "b")))
                    .containsExactly(Errors.UNSUPPORTED_VERSION, Errors.UNSUPPORTED_VERSION);
            assertThat(errorsOf(find(server, CoordinatorType.SHARE, "g:AAAAAAAAAAAAAAAAAAAAAA:0")))
                    .containsExactly(Errors.INVALID_REQUEST);
            assertThat(server.metadata.created).isEmpty();
        }
    }

    @Test
    void anUnknownKindIsAnInvalidRequest() {
        try (GroupServer server = new GroupServer()) {
            // When
            FindCoordinatorResponseData answer =
                    server.ask(ApiKeys.FIND_COORDINATOR, 4, question((byte) 9, "g"), FindCoordinatorResponseData.class);

            // Then
            assertThat(errorsOf(answer.coordinators())).containsExactly(Errors.INVALID_REQUEST);
        }
    }

    @Test
    void theReplicationFactorIsNotMoreThanThereAreNodes() {
        try (GroupServer server =
                new GroupServer(new InMemoryCoordinatorLog(), Map.of("offsets.topic.replication.factor", "5"))) {
            // When
            find(server, CoordinatorType.GROUP, "g");

            // Then
            assertThat(server.metadata.created.getFirst().replicationFactor()).isEqualTo((short) 1);
        }
    }

    @Test
    void consumerGroupsAreNotServedWhenTheirProtocolIsOff() {
        try (GroupServer server = new GroupServer(
                new InMemoryCoordinatorLog(), Map.of("group.coordinator.rebalance.protocols", "classic"))) {
            assertThat(server.apis.handlers())
                    .doesNotContainKeys(ApiKeys.CONSUMER_GROUP_HEARTBEAT, ApiKeys.CONSUMER_GROUP_DESCRIBE)
                    .containsKey(ApiKeys.JOIN_GROUP);
        }
    }

    private static Errors heartbeat(GroupServer server) {
        return Errors.forCode(server.ask(
                        ApiKeys.HEARTBEAT,
                        4,
                        new HeartbeatRequestData()
                                .setGroupId("g")
                                .setMemberId("m")
                                .setGenerationId(1),
                        HeartbeatResponseData.class)
                .errorCode());
    }

    private static List<Coordinator> find(GroupServer server, CoordinatorType type, String... keys) {
        return coordinators(server.send(ApiKeys.FIND_COORDINATOR, 6, question(type.id(), keys)));
    }

    private static FindCoordinatorRequestData question(byte type, String... keys) {
        return new FindCoordinatorRequestData().setKeyType(type).setCoordinatorKeys(List.of(keys));
    }

    private static List<Coordinator> coordinators(CompletableFuture<AbstractResponse> answer) {
        return ((FindCoordinatorResponseData) GroupServer.await(answer).data()).coordinators();
    }

    private static List<Errors> errorsOf(List<Coordinator> coordinators) {
        return coordinators.stream()
                .map(coordinator -> Errors.forCode(coordinator.errorCode()))
                .toList();
    }
}
