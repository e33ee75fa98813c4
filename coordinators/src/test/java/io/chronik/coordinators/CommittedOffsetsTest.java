package io.chronik.coordinators;

import static io.chronik.coordinators.GroupNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
            // Another group of another partition goes through the same threads, so the append has happened.
            long before = node.committed("g", "t");

            // Then
            assertThat(before).isEqualTo(-1);
            assertThat(commit).isNotDone();
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

    static Errors errorOf(OffsetCommitResponseData response) {
        return Errors.forCode(
                response.topics().getFirst().partitions().getFirst().errorCode());
    }
}
