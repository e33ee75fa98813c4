package io.chronik.server.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SilenceTest {
    private static final long LIMIT_MS = 2_000;
    private static final long STEP_MS = 800;

    private final Silence silence = new Silence(LIMIT_MS, STEP_MS, 10_000);

    @Test
    void isTooLongFromTheLimitOn() {
        // When
        pass(10_400, 10_800, 11_200, 11_600, 11_999);

        // Then
        assertThat(silence.isTooLong()).isFalse();
        assertThat(silence.leftMs()).isEqualTo(1);
        pass(12_000);
        assertThat(silence.isTooLong()).isTrue();
        assertThat(silence.leftMs()).isZero();
        assertThat(silence.silentMs()).isEqualTo(LIMIT_MS);
    }

    @Test
    void anAnswerEndsIt() {
        // Given
        pass(10_400, 10_800, 11_200, 11_600, 12_000);

        // When
        silence.onAnswer(12_100);

        // Then
        assertThat(silence.isTooLong()).isFalse();
        pass(12_400, 12_800, 13_200, 13_600, 14_000);
        assertThat(silence.isTooLong()).isFalse();
        pass(14_100);
        assertThat(silence.isTooLong()).isTrue();
    }

    /// A virtual machine that is frozen for a minute freezes the sentinel too, and nobody was silent.
    @Test
    void timeInWhichTheSentinelStoodStillItselfDoesNotCount() {
        // When
        pass(10_400, 70_400);

        // Then
        assertThat(silence.silentMs()).isEqualTo(400 + STEP_MS);
        assertThat(silence.isTooLong()).isFalse();
    }

    private void pass(long... timesMs) {
        for (long nowMs : timesMs) silence.pass(nowMs);
    }
}
