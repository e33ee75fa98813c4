package io.chronik.server.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RestartsTest {
    private final Restarts restarts = new Restarts();

    @Test
    void pausesGrowAndEnd() {
        for (long pauseMs : new long[] {1_000, 2_000, 4_000, 8_000, 16_000})
            assertThat(restarts.pauseMs(100)).hasValue(pauseMs);
        assertThat(restarts.pauseMs(100)).isEmpty();
    }

    @Test
    void afterALongLifeItBeginsAnew() {
        // Given
        for (OptionalLong pause = restarts.pauseMs(0); pause.isPresent(); ) pause = restarts.pauseMs(0);

        // When, Then
        assertThat(restarts.pauseMs(3_600_000)).hasValue(1_000);
        assertThat(restarts.pauseMs(0)).hasValue(2_000);
    }
}
