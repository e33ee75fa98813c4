package io.chronik.coordinators;

import static io.chronik.coordinators.GroupNode.await;
import static io.chronik.coordinators.GroupNode.context;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClassicGroupsTest {
    private final VirtualTime time = new VirtualTime();
    private final InMemoryCoordinatorLog log = new InMemoryCoordinatorLog();
    private GroupNode node = new GroupNode(log, Map.of(), time);

    @BeforeEach
    void start() {
        node.started();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void theFirstRebalanceWaitsForMoreMembers() {
        // Given
        try (GroupNode patient = new GroupNode(
                        new InMemoryCoordinatorLog(), Map.of("group.initial.rebalance.delay.ms", "3000"), time)
                .started()) {
            CompletableFuture<JoinGroupResponseData> first = join(patient, member("", "a", "range"));
            CompletableFuture<JoinGroupResponseData> second = join(patient, member("", "b", "range"));
            await(patient.groups.heartbeat(context(ApiKeys.HEARTBEAT), heartbeatOf("x", 1, null)));
            assertThat(first).isNotDone();

            // When
            await().until(() -> {
                time.advanceClock(1000);
                return first.isDone() && second.isDone();
            });

            // Then
            assertThat(await(first).generationId()).isEqualTo(1);
            assertThat(await(second).generationId()).isEqualTo(1);
            int known = await(first).members().size() + await(second).members().size();
            assertThat(known).isEqualTo(2);
        }
    }

    @Test
    void aStaticMemberThatComesBackKeepsItsAssignmentAndFencesItsFormerSelf() {
        // Given
        JoinGroupResponseData before = await(join(node, member("", "a", "range")));
        sync(before, "a");

        // When
        JoinGroupResponseData after = await(join(node, member("", "a", "range")));

        // Then
        assertThat(after.errorCode()).isZero();
        assertThat(after.generationId()).isEqualTo(before.generationId());
        assertThat(after.memberId()).isNotEqualTo(before.memberId());
        assertThat(sync(after, "a").assignment()).containsExactly(1);
        assertThat(heartbeat(before.memberId(), before.generationId(), "a")).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(heartbeat(after.memberId(), after.generationId(), "a")).isEqualTo(Errors.NONE);
    }

    @Test
    void aMemberThatFallsSilentIsRemoved() {
        // Given
        JoinGroupResponseData joined = await(join(node, member("", "a", "range")));
        sync(joined, "a");

        // When
        await().until(() -> {
            time.advanceClock(10_001);
            return status().state().equals("Empty");
        });

        // Then
        assertThat(heartbeat(joined.memberId(), joined.generationId(), "a")).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aHeartbeatKeepsAMember() {
        // Given
        JoinGroupResponseData joined = await(join(node, member("", "a", "range")));
        sync(joined, "a");

        // When
        for (int i = 0; i < 3; i++) {
            time.advanceClock(9_000);
            assertThat(heartbeat(joined.memberId(), joined.generationId(), "a")).isEqualTo(Errors.NONE);
        }

        // Then
        assertThat(status().state()).isEqualTo("Stable");
        assertThat(status().memberCount()).isEqualTo(1);
    }

    @Test
    void membersAgreeOnTheProtocolThatAllOfThemKnow() {
        // Given
        JoinGroupResponseData first = await(join(node, member("", "a", "range", "cooperative-sticky")));
        sync(first, "a");

        // When
        CompletableFuture<JoinGroupResponseData> second = join(node, member("", "b", "cooperative-sticky"));
        assertThat(heartbeat(first.memberId(), first.generationId(), "a")).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        CompletableFuture<JoinGroupResponseData> again =
                join(node, member(first.memberId(), "a", "range", "cooperative-sticky"));

        // Then
        assertThat(await(second).protocolName()).isEqualTo("cooperative-sticky");
        assertThat(await(again).protocolName()).isEqualTo("cooperative-sticky");
        assertThat(await(again).generationId()).isEqualTo(first.generationId() + 1);
    }

    @Test
    void whoSpeaksAnotherProtocolIsRefused() {
        // Given
        sync(await(join(node, member("", "a", "range"))), "a");

        // When
        JoinGroupResponseData other = await(join(node, member("", "b", "roundrobin")));

        // Then
        assertThat(Errors.forCode(other.errorCode())).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void aSessionTimeoutOutOfBoundsIsRefused() {
        // Given
        JoinGroupRequestData tooShort = member("", "a", "range").setSessionTimeoutMs(10);

        // When
        JoinGroupResponseData refused = await(join(node, tooShort));

        // Then
        assertThat(Errors.forCode(refused.errorCode())).isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
    }

    @Test
    void aGroupSurvivesARestartOfItsCoordinator() {
        // Given
        JoinGroupResponseData joined = await(join(node, member("", "a", "range")));
        sync(joined, "a");

        // When
        node.close();
        node = new GroupNode(log, Map.of(), time).started();

        // Then
        assertThat(heartbeat(joined.memberId(), joined.generationId(), "a")).isEqualTo(Errors.NONE);
        assertThat(status()).satisfies(group -> {
            assertThat(group.groupId()).isEqualTo("g");
            assertThat(group.type()).isEqualTo("classic");
            assertThat(group.state()).isEqualTo("Stable");
            assertThat(group.memberCount()).isEqualTo(1);
        });
    }

    private static JoinGroupRequestData member(String memberId, @Nullable String instanceId, String... protocols) {
        JoinGroupRequestProtocolCollection known = new JoinGroupRequestProtocolCollection();
        byte[] subscription = ConsumerProtocol.serializeSubscription(new Subscription(List.of("t")))
                .array();
        for (String protocol : protocols) {
            known.add(new JoinGroupRequestProtocol().setName(protocol).setMetadata(subscription));
        }
        return new JoinGroupRequestData()
                .setGroupId("g")
                .setMemberId(memberId)
                .setGroupInstanceId(instanceId)
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(60_000)
                .setProtocolType("consumer")
                .setProtocols(known);
    }

    private static CompletableFuture<JoinGroupResponseData> join(GroupNode node, JoinGroupRequestData member) {
        return node.groups.joinGroup(context(ApiKeys.JOIN_GROUP), member);
    }

    private SyncGroupResponseData sync(JoinGroupResponseData joined, String instanceId) {
        SyncGroupRequestData request = new SyncGroupRequestData()
                .setGroupId("g")
                .setMemberId(joined.memberId())
                .setGroupInstanceId(instanceId)
                .setGenerationId(joined.generationId())
                .setAssignments(List.of(new SyncGroupRequestAssignment()
                        .setMemberId(joined.memberId())
                        .setAssignment(new byte[] {1})));
        SyncGroupResponseData synced = await(node.groups.syncGroup(context(ApiKeys.SYNC_GROUP), request));
        assertThat(Errors.forCode(synced.errorCode())).isEqualTo(Errors.NONE);
        return synced;
    }

    private Errors heartbeat(String memberId, int generation, String instanceId) {
        return Errors.forCode(
                await(node.groups.heartbeat(context(ApiKeys.HEARTBEAT), heartbeatOf(memberId, generation, instanceId)))
                        .errorCode());
    }

    private static HeartbeatRequestData heartbeatOf(String memberId, int generation, @Nullable String instanceId) {
        return new HeartbeatRequestData()
                .setGroupId("g")
                .setMemberId(memberId)
                .setGroupInstanceId(instanceId)
                .setGenerationId(generation);
    }

    private GroupStatus status() {
        return await(node.groups.statuses()).getFirst();
    }
}
