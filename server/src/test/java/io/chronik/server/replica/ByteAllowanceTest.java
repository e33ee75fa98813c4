package io.chronik.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteAllowanceTest {
    @Test
    void aSecondsWorthIsThereAtOnceAndThenWhatTheTimeGives() {
        ByteAllowance allowance = new ByteAllowance(1_000, 50);

        allowance.take(999, 50);
        assertThat(allowance.isUsedUp(50)).isFalse();
        allowance.take(1, 50);
        assertThat(allowance.isUsedUp(50)).isTrue();
        assertThat(allowance.isUsedUp(51)).isFalse();
    }

    @Test
    void whatWasTakenTooMuchIsMadeUpFor() {
        ByteAllowance allowance = new ByteAllowance(1_000, 0);

        allowance.take(4_000, 0);

        assertThat(allowance.usedUpForMs(0)).isEqualTo(3_001);
        assertThat(allowance.isUsedUp(3_000)).isTrue();
        assertThat(allowance.isUsedUp(3_001)).isFalse();
    }

    @Test
    void noMoreThanASecondsWorthIsSaved() {
        ByteAllowance allowance = new ByteAllowance(1_000, 0);

        allowance.take(1_000, 60_000);

        assertThat(allowance.isUsedUp(60_000)).isTrue();
    }

    @Test
    void ofNothingASecondNothingIsEverLeft() {
        ByteAllowance allowance = new ByteAllowance(0, 0);

        assertThat(allowance.isUsedUp(1_000_000)).isTrue();
        assertThat(allowance.usedUpForMs(1_000_000)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void overAnHourTheRateIsKeptWhateverTheSizeOfWhatIsTaken() {
        ByteAllowance allowance = new ByteAllowance(1 << 20, 0);
        long taken = 0;

        for (long nowMs = 0; nowMs < 3_600_000; nowMs += 7) {
            if (allowance.isUsedUp(nowMs)) continue;
            allowance.take(700_000, nowMs);
            taken += 700_000;
        }

        assertThat(taken).isBetween(3_599L << 20, 3_602L << 20);
    }

    @Test
    void anotherRateCountsFromNowOn() {
        ByteAllowance allowance = new ByteAllowance(1_000, 0);
        allowance.take(2_000, 0);

        allowance.setRate(100_000, 0);

        assertThat(allowance.usedUpForMs(0)).isEqualTo(11);
    }
}
