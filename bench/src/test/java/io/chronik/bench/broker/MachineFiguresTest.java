package io.chronik.bench.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineFiguresTest {
    @Test
    void addsUpAllButIdleWaitingAndStolenTime() {
        // Given: user nice system idle iowait irq softirq steal.
        String stat = "cpu  100 20 300 9999 999 4 50 77 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n";

        // When
        MachineFigures figures = MachineFigures.parse(stat);

        // Then
        assertThat(figures.busyCpuSeconds()).isEqualTo(4.74);
    }

    @Test
    void readsThisMachine() {
        assertThat(MachineFigures.now().busyCpuSeconds()).isPositive();
    }
}
