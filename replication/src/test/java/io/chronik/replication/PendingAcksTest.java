package io.chronik.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingAcksTest {
    private final PendingAcks acks = new PendingAcks();
    private final List<AppendOutcome> told = new ArrayList<>();

    @Test
    void releasesWhatIsBelowTheOffsetAndNothingElse() {
        // Given
        acks.add(5, 1_000, committed(0), told::add);
        acks.add(9, 1_000, committed(5), told::add);

        // When
        acks.completeUpTo(8);

        // Then
        assertThat(told).containsExactly(committed(0));
    }

    @Test
    void aDuplicateBehindNewerAppendsIsNotReleasedBeforeThem() {
        // Given
        acks.add(9, 1_000, committed(5), told::add);
        acks.add(5, 1_000, committed(0), told::add);

        // When
        acks.completeUpTo(5);

        // Then
        assertThat(told).isEmpty();
        acks.completeUpTo(9);
        assertThat(told).containsExactly(committed(5), committed(0));
    }

    @Test
    void expiresOnlyWhatIsOverdue() {
        // Given
        acks.add(5, 1_000, committed(0), told::add);
        acks.add(9, 2_000, committed(5), told::add);

        // When
        acks.expire(1_500, new AppendOutcome.TimedOut());

        // Then
        assertThat(told).containsExactly(new AppendOutcome.TimedOut());
        acks.completeUpTo(9);
        assertThat(told).hasSize(2);
        assertThat(acks.isEmpty()).isTrue();
    }

    @Test
    void failingAllTellsEveryoneOnce() {
        // Given
        acks.add(5, 1_000, committed(0), told::add);
        acks.add(9, 1_000, committed(5), told::add);

        // When
        acks.failAll(new AppendOutcome.NotLeader());
        acks.completeUpTo(100);

        // Then
        assertThat(told).containsExactly(new AppendOutcome.NotLeader(), new AppendOutcome.NotLeader());
    }

    private static AppendOutcome.Committed committed(long baseOffset) {
        return new AppendOutcome.Committed(baseOffset, -1, 0);
    }
}
