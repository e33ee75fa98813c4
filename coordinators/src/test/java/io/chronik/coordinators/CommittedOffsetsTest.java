package io.chronik.coordinators;

import static io.chronik.coordinators.GroupNode.await;
import static io.chronik.coordinators.GroupNode.errorOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class CommittedOffsetsTest {
    @Test
    void aCommitIsAcknowledgedOnlyWhenTheHighWatermarkCoversIt() {
        try (GroupNode node = new GroupNode().started()) {
            // Given
            node.log.holdHighWatermarks();

            // When
            CompletableFuture<OffsetCommitResponseData> commit = node.commit("g", "t", 42);
            await().until(() -> node.log.appendCount() == 1);
            // The read runs behind everything that the append set off.
            long readMeanwhile = node.committed("g", "t");

            // Then
            assertThat(commit).isNotDone();
            assertThat(readMeanwhile).isEqualTo(-1);
            node.log.releaseHighWatermarks();
            assertThat(errorOf(await(commit))).isEqualTo(Errors.NONE);
            assertThat(node.committed("g", "t")).isEqualTo(42);
        }
    }

    @Test
    void aRestartGivesBackWhatWasCommitted() {
        // Given
        InMemoryCoordinatorLog log = new InMemoryCoordinatorLog();
        try (GroupNode first = new GroupNode(log, Map.of()).started()) {
            await(first.commit("g", "t", 41));
            await(first.commit("g", "t", 42));
        }

        // When
        try (GroupNode second = new GroupNode(log, Map.of()).started()) {

            // Then
            assertThat(second.committed("g", "t")).isEqualTo(42);
            assertThat(errorOf(await(second.commit("g", "t", 43)))).isEqualTo(Errors.NONE);
            assertThat(second.committed("g", "t")).isEqualTo(43);
        }
    }

    @Test
    void whatWasAppendedButNotCommittedIsVisibleOnlyOnceItIs() {
        // Given
        InMemoryCoordinatorLog log = new InMemoryCoordinatorLog();
        try (GroupNode first = new GroupNode(log, Map.of()).started()) {
            await(first.commit("g", "t", 41));
            log.holdHighWatermarks();
            CompletableFuture<OffsetCommitResponseData> unconfirmed = first.commit("g", "t", 42);
            await().until(() -> log.appendCount() == 2);
            assertThat(unconfirmed).isNotDone();
        }

        // When
        try (GroupNode second = new GroupNode(log, Map.of()).started()) {

            // Then
            assertThat(second.committed("g", "t")).isEqualTo(41);
            log.releaseHighWatermarks();
            await().until(() -> second.committed("g", "t") == 42);
        }
    }

    @Test
    void aNewLeaderThatLostTheTailGoesOnFromTheHighWatermark() {
        try (GroupNode node = new GroupNode().started()) {
            // Given
            int partition = node.groups.partitionFor("g");
            await(node.commit("g", "t", 41));
            node.log.holdHighWatermarks();
            CompletableFuture<OffsetCommitResponseData> lost = node.commit("g", "t", 42);
            await().until(() -> node.log.appendCount() == 2);

            // When
            node.resign(partition, 1);
            assertThat(errorOf(await(lost))).isEqualTo(Errors.NOT_COORDINATOR);
            node.log.loseUncommitted();
            node.log.releaseHighWatermarks();
            node.elect(partition, 2);
            await(node.groups.whenLoaded(partition));

            // Then
            assertThat(node.committed("g", "t")).isEqualTo(41);
            assertThat(errorOf(await(node.commit("g", "t", 43)))).isEqualTo(Errors.NONE);
            assertThat(node.committed("g", "t")).isEqualTo(43);
        }
    }

    @Test
    void aLogWithoutRecordsButWithOffsetsTakesCommits() {
        // Given
        InMemoryCoordinatorLog log = new InMemoryCoordinatorLog();
        TopicPartition partition;
        try (GroupNode first = new GroupNode(log, Map.of()).started()) {
            await(first.commit("g", "t", 41));
            partition = GroupNode.offsets(first.groups.partitionFor("g"));
        }
        await(log.deleteRecords(partition, log.bounds(partition).endOffset()));

        // When
        try (GroupNode second = new GroupNode(log, Map.of()).started()) {
            OffsetCommitResponseData commit = await(second.commit("g", "t", 1));

            // Then
            assertThat(errorOf(commit)).isEqualTo(Errors.NONE);
            assertThat(second.committed("g", "t")).isEqualTo(1);
            assertThat(log.bounds(partition).endOffset()).isEqualTo(2);
        }
    }

    @Test
    void pipelinedCommitsShareAppends() {
        try (GroupNode node = new GroupNode().started()) {
            // Given
            int count = 10_000;

            // When
            List<CompletableFuture<OffsetCommitResponseData>> commits = IntStream.range(0, count)
                    .mapToObj(offset -> node.commit("g", "t", offset))
                    .toList();
            commits.forEach(GroupNode::await);

            // Then
            assertThat(commits)
                    .allSatisfy(commit -> assertThat(errorOf(await(commit))).isEqualTo(Errors.NONE));
            assertThat(node.committed("g", "t")).isEqualTo(count - 1);
            assertThat(node.log.appendCount()).isLessThan(count / 2);
        }
    }

    @Test
    void offsetsOfADeletedTopicAreForgotten() {
        try (GroupNode node = new GroupNode().started()) {
            // Given
            var topic = node.addTopic("t", 1);
            await(node.commit("g", "t", 42));

            // When
            node.removeTopic(topic);

            // Then
            await().until(() -> node.committed("g", "t") == -1);
        }
    }

    @Test
    void offsetsOfATopicThatWasThereForAMomentAreForgotten() {
        HeldExecutor metadataThread = new HeldExecutor();
        try (GroupNode node = GroupNode.on(metadataThread).started()) {
            // Given: the thread that works out metadata is late
            metadataThread.hold();
            var topic = node.addTopic("t", 1);
            await(node.commit("g", "t", 42));

            // When
            node.removeTopic(topic);
            metadataThread.release();

            // Then
            await().until(() -> node.committed("g", "t") == -1);
        }
    }

    @Test
    void metadataLongerThanTheLimitIsRefusedForItsPartitionOnly() {
        try (GroupNode node =
                new GroupNode(new InMemoryCoordinatorLog(), Map.of("offset.metadata.max.bytes", "4")).started()) {
            // Given
            String tooLong = "12345";

            // When
            OffsetCommitResponseData commit = await(node.commit("g", "t", 42, tooLong));

            // Then
            assertThat(errorOf(commit)).isEqualTo(Errors.OFFSET_METADATA_TOO_LARGE);
            assertThat(errorOf(await(node.commit("g", "t", 42, "1234")))).isEqualTo(Errors.NONE);
        }
    }
}
