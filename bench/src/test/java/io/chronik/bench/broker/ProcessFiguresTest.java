package io.chronik.bench.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessFiguresTest {
    @Test
    void readsWhatLinuxPrints() {
        // Given: the 14th and 15th field are user and system ticks.
        String stat = "42 (a (very) odd name) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 7 8 20 0 9 0 100 1000 200";

        // When
        ProcessFigures figures = ProcessFigures.parse(stat, List.of("VmRSS:\t  2048 kB", "Threads:\t9"));

        // Then
        assertThat(figures).isEqualTo(new ProcessFigures(2.0, 2048 * 1024, 9));
    }

    @Test
    void readsThisProcess() {
        assertThat(ProcessFigures.of(ProcessHandle.current().pid()).threads()).isPositive();
    }
}
