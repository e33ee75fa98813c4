package io.chronik.coordinators;

import static io.chronik.coordinators.GroupNode.await;
import static io.chronik.coordinators.GroupNode.errorOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

class CoordinatorStatesTest {
    @Test
    void nothingRunsBeforeTheTopicExists() {
        try (GroupNode node = new GroupNode()) {
            // Given
            node.addTopic("t", 3);

            // When
            CompletableFuture<OffsetCommitResponseData> commit = node.commit("g", "t", 1);

            // Then
            assertThat(node.groups.started()).isFalse();
            assertThatThrownBy(() -> await(commit)).hasCauseInstanceOf(CoordinatorNotAvailableException.class);
            assertThat(await(node.groups.statuses())).isEmpty();
        }
    }

    @Test
    void aPartitionLedElsewhereIsNotOurs() {
        try (GroupNode node = new GroupNode()) {
            // Given
            node.addTopic(Topic.GROUP_METADATA_TOPIC_NAME, GroupNode.PARTITIONS);
            await(node.groups.whenStarted());

            // When
            OffsetCommitResponseData commit = await(node.commit("g", "t", 1));

            // Then
            assertThat(errorOf(commit)).isEqualTo(Errors.NOT_COORDINATOR);
        }
    }

    @Test
    void anElectionThatComesBeforeTheImageIsKept() {
        try (GroupNode node = new GroupNode()) {
            // Given
            for (int partition = 0; partition < GroupNode.PARTITIONS; partition++) node.elect(partition, 3);

            // When
            node.addTopic(Topic.GROUP_METADATA_TOPIC_NAME, GroupNode.PARTITIONS);

            // Then
            for (int partition = 0; partition < GroupNode.PARTITIONS; partition++) {
                await(node.groups.whenLoaded(partition));
            }
            assertThat(errorOf(await(node.commit("g", "t", 1)))).isEqualTo(Errors.NONE);
        }
    }

    @Test
    void clientsAreToldToWaitWhileGroupsLoad() {
        // Given
        SlowLog log = new SlowLog();
        try (GroupNode first = new GroupNode(log.inner, Map.of()).started()) {
            await(first.commit("g", "t", 7));
        }
        Groups groups = new Groups(1, GroupSettings.of(Map.of()), log);
        try (GroupNode node = new GroupNode(log.inner, groups)) {

            // When
            node.addTopic(Topic.GROUP_METADATA_TOPIC_NAME, GroupNode.PARTITIONS);
            for (int partition = 0; partition < GroupNode.PARTITIONS; partition++) node.elect(partition, 0);

            // Then
            await().until(() -> node.groups.started()
                    && errorOf(await(node.commit("g", "t", 8))) == Errors.COORDINATOR_LOAD_IN_PROGRESS);
            log.gate.release(Integer.MAX_VALUE);
            await(node.groups.whenLoaded(node.groups.partitionFor("g")));
            assertThat(node.committed("g", "t")).isEqualTo(7);
        }
    }

    @Test
    void theEndOfALoadThatWasGivenUpIsNotTakenForThatOfTheNext() {
        // Given
        SlowLog log = new SlowLog();
        try (GroupNode before = new GroupNode(log.inner, Map.of())) {
            before.started();
            await(before.commit("g", "t", 7));
        }
        try (GroupNode node = new GroupNode(log.inner, new Groups(1, GroupSettings.of(Map.of()), log))) {
            node.addTopic(Topic.GROUP_METADATA_TOPIC_NAME, GroupNode.PARTITIONS);
            await(node.groups.whenStarted());
            int partition = node.groups.partitionFor("g");
            node.elect(partition, 2);
            await().until(() -> log.asked.get() == 1);
            node.resign(partition, 3);
            node.elect(partition, 4);

            // When the first load has ended and the second has begun
            log.gate.release(2);
            await().until(() -> log.asked.get() == 3);

            // Then
            assertThat(errorOf(await(node.commit("g", "t", 8)))).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
            log.gate.release(Integer.MAX_VALUE - 10);
            await(node.groups.whenLoaded(partition));
            assertThat(node.committed("g", "t")).isEqualTo(7);
        }
    }

    @Test
    void aClosedCoordinatorSaysSoAndClosesTwice() {
        // Given
        GroupNode node = new GroupNode().started();
        node.log.holdHighWatermarks();
        CompletableFuture<OffsetCommitResponseData> waiting = node.commit("g", "t", 1);
        await().until(() -> node.log.appendCount() == 1);

        // When
        node.close();
        node.close();

        // Then
        assertThat(errorOf(await(waiting))).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(errorOf(await(node.commit("g", "t", 2)))).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
    }

    @Test
    void aTopicThatIsCreatedAnewStartsAnew() {
        try (GroupNode node = new GroupNode().started()) {
            // Given
            await(node.commit("g", "t", 1));
            node.removeTopic(node.image.topic(Topic.GROUP_METADATA_TOPIC_NAME).orElseThrow());
            for (int partition = 0; partition < GroupNode.PARTITIONS; partition++) node.resign(partition, 1);

            // When
            node.addTopic(Topic.GROUP_METADATA_TOPIC_NAME, 1);

            // Then
            await().ignoreExceptions()
                    .until(() -> node.groups.partitionFor("g") == 0 && node.groups.partitionFor("h") == 0);
        }
    }

    /// Loads wait at a gate: as often as they ask for the bounds.
    private static final class SlowLog implements CoordinatorLog {
        final InMemoryCoordinatorLog inner = new InMemoryCoordinatorLog();
        final Semaphore gate = new Semaphore(0);
        final AtomicInteger asked = new AtomicInteger();

        @Override
        public Bounds bounds(TopicPartition partition) {
            asked.incrementAndGet();
            gate.acquireUninterruptibly();
            return inner.bounds(partition);
        }

        @Override
        public MemoryRecords read(TopicPartition partition, long fromOffset, int maxBytes) {
            return inner.read(partition, fromOffset, maxBytes);
        }

        @Override
        public long append(TopicPartition partition, MemoryRecords records) {
            return inner.append(partition, records);
        }

        @Override
        public void watch(TopicPartition partition, HighWatermarkListener listener) {
            inner.watch(partition, listener);
        }

        @Override
        public void unwatch(TopicPartition partition, HighWatermarkListener listener) {
            inner.unwatch(partition, listener);
        }

        @Override
        public int maxMessageSizeBytes(TopicPartition partition) {
            return inner.maxMessageSizeBytes(partition);
        }

        @Override
        public CompletableFuture<Void> deleteRecords(TopicPartition partition, long offset) {
            return inner.deleteRecords(partition, offset);
        }
    }
}
