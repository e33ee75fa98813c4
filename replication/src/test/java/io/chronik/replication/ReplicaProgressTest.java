package io.chronik.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaProgressTest {
    @Test
    void highWatermarkIsTheSmallestDurableEndOfTheInSyncReplicas() {
        // Given
        ReplicaProgress progress = new ReplicaProgress(List.of(1, 2, 3), 2, 0);
        progress.advance(1, 10);
        progress.advance(2, 7);

        // When
        boolean moved = progress.advance(3, 9);

        // Then
        assertThat(moved).isTrue();
        assertThat(progress.highWatermark()).isEqualTo(7);
    }

    @Test
    void aReplicaThatHasNotReportedHoldsTheHighWatermarkBack() {
        // Given
        ReplicaProgress progress = new ReplicaProgress(List.of(1, 2), 1, 0);

        // When
        boolean moved = progress.advance(1, 10);

        // Then
        assertThat(moved).isFalse();
        assertThat(progress.highWatermark()).isZero();
    }

    @Test
    void highWatermarkStandsStillBelowTheMinimumInSync() {
        // Given
        ReplicaProgress progress = new ReplicaProgress(List.of(1), 2, 5);

        // When
        boolean moved = progress.advance(1, 10);

        // Then
        assertThat(moved).isFalse();
        assertThat(progress.highWatermark()).isEqualTo(5);
        assertThat(progress.hasEnoughInSync()).isFalse();
    }

    @Test
    void highWatermarkNeverMovesBack() {
        // Given
        ReplicaProgress progress = new ReplicaProgress(List.of(1), 1, 0);
        progress.advance(1, 10);

        // When
        boolean movedByOldNews = progress.advance(1, 4);
        boolean movedByANewReplica = progress.commit(List.of(1, 2));

        // Then
        assertThat(movedByOldNews || movedByANewReplica).isFalse();
        assertThat(progress.highWatermark()).isEqualTo(10);
    }

    @Test
    void aCommittedShrinkLetsTheHighWatermarkGoOn() {
        // Given
        ReplicaProgress progress = new ReplicaProgress(List.of(1, 2), 1, 0);
        progress.advance(1, 10);
        progress.advance(2, 3);

        // When
        boolean moved = progress.commit(List.of(1));

        // Then
        assertThat(moved).isTrue();
        assertThat(progress.highWatermark()).isEqualTo(10);
    }
}
