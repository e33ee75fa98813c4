package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SyncChoiceTest {
    private static final long MS = 1_000_000;
    private final SyncChoice choice = new SyncChoice();

    @Test
    void syncsOneFileByItselfAndSeveralTogether() {
        assertThat(choice.together(1)).isFalse();
        assertThat(choice.together(2)).isTrue();
        assertThat(choice.together(1000)).isTrue();
    }

    @Test
    void leavesTheFileSystemAloneForSomeRoundsWhenItHadToWaitForOthers() {
        // When
        choice.onTogether(10, 4096, 900 * MS);

        // Then
        assertThat(roundsUntilTogether()).isEqualTo(8);
    }

    @Test
    void leavesItAloneForLongerEachTime() {
        // When
        choice.onTogether(10, 4096, 900 * MS);
        int first = roundsUntilTogether();
        choice.onTogether(10, 4096, 900 * MS);

        // Then
        assertThat(roundsUntilTogether()).isEqualTo(2 * first);
    }

    @Test
    void blamesNobodyForWhatTheRoundItselfExplains() {
        // When
        choice.onTogether(10, 100_000_000, 900 * MS); // 100 MB of its own.
        choice.onTogether(10_000, 4096, 900 * MS); // Many files.
        choice.onTogether(2, 4096, 15 * MS); // Too short to matter.

        // Then
        assertThat(choice.together(2)).isTrue();
    }

    @Test
    void knowsASlowDisk() {
        // Given
        for (int i = 0; i < 100; i++) choice.onEach(1, 100, 30 * MS);

        // When
        choice.onTogether(10, 4096, 200 * MS);

        // Then
        assertThat(choice.together(10)).isTrue();
    }

    private int roundsUntilTogether() {
        int rounds = 0;
        while (!choice.together(10)) rounds++;
        return rounds;
    }
}
