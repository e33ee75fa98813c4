package io.chronik.bench.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineFiguresTest {
    @Test
    void isBusyWhenNeitherIdleNorWaitingNorStolen() {
        // Given: user nice system idle iowait irq softirq steal, in hundredths of a second; ten seconds apart.
        List<String> before = List.of("cpu  7 7 7 1000 200 7 7 50 0 0", "cpu0 1 2 3 4 5 6 7 8 0 0", "cpu1 1", "intr 5");
        List<String> after = List.of("cpu  7 7 7 1500 300 7 7 70 0 0", "cpu0 1 2 3 4 5 6 7 8 0 0", "cpu1 1", "intr 5");

        // When
        double busy = MachineFigures.parse(after, 30_000_000_000L).busyCpuSeconds()
                - MachineFigures.parse(before, 20_000_000_000L).busyCpuSeconds();

        // Then: two processors for ten seconds, less 5 s idle, 1 s waiting, 0.2 s stolen.
        assertThat(busy).isCloseTo(13.8, within(1e-9));
    }

    @Test
    void countsTheWorkOfThisThread() {
        // Given
        double before = MachineFigures.now().busyCpuSeconds();

        // When
        long endNs = System.nanoTime() + 300_000_000;
        while (System.nanoTime() < endNs) Thread.onSpinWait();

        // Then
        assertThat(MachineFigures.now().busyCpuSeconds() - before).isGreaterThan(0.1);
    }
}
