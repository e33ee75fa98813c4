package io.chronik.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ReplicaProgressTest {
    private static final int SELF = 1;
    private static final int MAX_LAG_MS = 10_000;

    private static ReplicaProgress progress(List<Integer> isr, int minInSync, long highWatermark) {
        return new ReplicaProgress(SELF, isr, minInSync, highWatermark, 0, 0);
    }

    private static IsrProposal proposal(long id, int partitionEpoch, int... replicas) {
        List<IsrProposal.Member> members = java.util.Arrays.stream(replicas)
                .mapToObj(replica -> new IsrProposal.Member(replica, 1))
                .toList();
        return new IsrProposal(id, 1, partitionEpoch, members);
    }

    @Test
    void highWatermarkIsTheSmallestDurableEndOfTheInSyncReplicas() {
        // Given
        ReplicaProgress progress = progress(List.of(1, 2, 3), 2, 0);
        progress.advanceSelf(10);
        progress.advance(2, 1, 7, 10, 0);

        // When
        boolean moved = progress.advance(3, 1, 9, 10, 0);

        // Then
        assertThat(moved).isTrue();
        assertThat(progress.highWatermark()).isEqualTo(7);
    }

    @Test
    void aReplicaThatHasNotReportedHoldsTheHighWatermarkBack() {
        // Given
        ReplicaProgress progress = progress(List.of(1, 2), 1, 0);

        // When
        boolean moved = progress.advanceSelf(10);

        // Then
        assertThat(moved).isFalse();
        assertThat(progress.highWatermark()).isZero();
    }

    @Test
    void highWatermarkStandsStillBelowTheMinimumInSync() {
        // Given
        ReplicaProgress progress = progress(List.of(1), 2, 5);

        // When
        boolean moved = progress.advanceSelf(10);

        // Then
        assertThat(moved).isFalse();
        assertThat(progress.highWatermark()).isEqualTo(5);
        assertThat(progress.hasEnoughInSync()).isFalse();
    }

    @Test
    void highWatermarkNeverMovesBack() {
        // Given
        ReplicaProgress progress = progress(List.of(1), 1, 0);
        progress.advanceSelf(10);

        // When
        boolean movedByOldNews = progress.advanceSelf(4);
        boolean movedByANewReplica = progress.commit(List.of(1, 2), 2);

        // Then
        assertThat(movedByOldNews || movedByANewReplica).isFalse();
        assertThat(progress.highWatermark()).isEqualTo(10);
    }

    @Test
    void aCommittedShrinkLetsTheHighWatermarkGoOn() {
        // Given
        ReplicaProgress progress = progress(List.of(1, 2), 1, 0);
        progress.advanceSelf(10);
        progress.advance(2, 1, 3, 10, 0);

        // When
        boolean moved = progress.commit(List.of(1), 2);

        // Then
        assertThat(moved).isTrue();
        assertThat(progress.highWatermark()).isEqualTo(10);
    }

    @Test
    void aProposedShrinkDoesNotCountBeforeItIsCommitted() {
        // Given
        ReplicaProgress progress = progress(List.of(1, 2), 1, 0);
        progress.propose(proposal(1, 0, 1));

        // When
        boolean moved = progress.advanceSelf(10);

        // Then
        assertThat(moved).isFalse();
    }

    @Test
    void aProposedMemberCountsFromTheProposalOn() {
        // Given
        ReplicaProgress progress = progress(List.of(1), 1, 0);
        progress.advance(2, 1, 4, 10, 0);
        progress.propose(proposal(1, 0, 1, 2));

        // When
        progress.advanceSelf(10);

        // Then
        assertThat(progress.highWatermark()).isEqualTo(4);
    }

    @Test
    void aRefusedProposalCountsNoMore() {
        // Given
        ReplicaProgress progress = progress(List.of(1), 1, 0);
        progress.advance(2, 1, 4, 10, 0);
        progress.propose(proposal(1, 0, 1, 2));
        progress.advanceSelf(10);

        // When
        boolean moved = progress.refuse(1);

        // Then
        assertThat(moved).isTrue();
        assertThat(progress.highWatermark()).isEqualTo(10);
    }

    @Test
    void aLaterProposalDoesNotMakeAnOpenEarlierOneForgotten() {
        // Given
        ReplicaProgress progress = progress(List.of(1), 1, 0);
        progress.advance(2, 1, 4, 10, 0);
        progress.advance(3, 1, 6, 10, 0);
        progress.propose(proposal(1, 0, 1, 2));
        progress.propose(proposal(2, 0, 1, 3));

        // When
        progress.advanceSelf(10);

        // Then
        assertThat(progress.highWatermark()).isEqualTo(4);
    }

    @Test
    void aNewProcessOfAFollowerBeginsWithNothing() {
        // Given
        ReplicaProgress progress = progress(List.of(1, 2), 1, 0);
        progress.advance(2, 1, 10, 10, 0);

        // When
        progress.advance(2, 2, 3, 10, 0);
        progress.advanceSelf(10);

        // Then
        assertThat(progress.highWatermark()).isEqualTo(3);
        assertThat(progress.isStale(2, 1)).isTrue();
    }

    @Test
    void aMemberThatHasNotReachedTheEndForTooLongIsNotWanted() {
        // Given
        ReplicaProgress progress = progress(List.of(1, 2, 3), 1, 0);
        progress.advance(2, 1, 10, 10, 5_000);
        progress.advance(3, 1, 9, 10, 5_000);

        // When
        List<Integer> desired = progress.desiredIsr(MAX_LAG_MS, 10_001);

        // Then
        assertThat(desired).containsExactly(1, 2);
    }

    @Test
    void aMemberThatReachesTheEndOfTheFetchBeforeKeepsUpUnderLoad() {
        // Given
        ReplicaProgress progress = progress(List.of(1, 2), 1, 0);
        progress.advance(2, 1, 10, 20, 9_000);
        progress.advance(2, 1, 20, 30, 9_500);

        // When
        List<Integer> desired = progress.desiredIsr(MAX_LAG_MS, 18_000);

        // Then
        assertThat(desired).containsExactly(1, 2);
    }

    @Test
    void aReplicaJoinsWhenItHasAllThatIsCommittedAndAllThatTheLeaderBeganWith() {
        // Given
        ReplicaProgress progress = new ReplicaProgress(SELF, List.of(1), 1, 0, 8, 0);
        progress.advanceSelf(6);

        // When
        progress.advance(2, 1, 7, 10, 0);
        List<Integer> below = progress.desiredIsr(MAX_LAG_MS, 0);
        progress.advance(2, 1, 8, 10, 0);
        List<Integer> reached = progress.desiredIsr(MAX_LAG_MS, 0);

        // Then
        assertThat(below).containsExactly(1);
        assertThat(reached).containsExactly(1, 2);
    }

    @Test
    void anAnswerOfAnotherProposalChangesNothing() {
        // Given
        Leading leading = new Leading(SELF, new Assignment(List.of(1, 2), List.of(1), 1, 1, 0, -1), 1, 0, 0, 0);
        leading.progress().advance(2, 1, 0, 0, 0);
        IsrProposal asked = leading.nextProposal(MAX_LAG_MS, 0).orElseThrow();

        // When
        boolean moved =
                leading.onAnswer(asked.proposalId() + 1, new IsrAnswer.Refused(Errors.INVALID_UPDATE_VERSION), 0);

        // Then
        assertThat(moved).isFalse();
        assertThat(leading.nextProposal(MAX_LAG_MS, 0)).isEmpty();
    }
}
