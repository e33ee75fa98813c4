package io.chronik.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class MeasuredTest {
    @Test
    void countsPerSecondPerGibAndPerMillion() {
        // When
        Measured measured = Measured.of(2_000_000, 2L << 30, 4, new CpuSeconds(3, 5));

        // Then
        assertThat(measured.get(Metric.RECORDS_PER_SECOND)).isEqualTo(500_000);
        assertThat(measured.get(Metric.MIB_PER_SECOND)).isEqualTo(512);
        assertThat(measured.get(Metric.CPU_PER_GIB)).isEqualTo(1.5);
        assertThat(measured.get(Metric.CPU_PER_MILLION)).isEqualTo(1.5);
        assertThat(measured.get(Metric.MACHINE_CPU_PER_GIB)).isEqualTo(2.5);
    }

    @Test
    void leavesOutCpuThatNobodyKnows() {
        assertThat(Measured.of(1, 1, 1, CpuSeconds.UNKNOWN).figures())
                .containsOnlyKeys(Metric.RECORDS_PER_SECOND, Metric.MIB_PER_SECOND, Metric.SECONDS);
    }

    @Test
    void addsPercentilesInMilliseconds() {
        // Given
        Histogram latencies = new Histogram(3);
        for (int i = 1; i <= 1000; i++) latencies.recordValue(i * 1_000_000L);

        // When
        Measured measured = Measured.NOTHING.with(latencies);

        // Then
        assertThat(measured.get(Metric.P50_MS)).isBetween(499.0, 501.0);
        assertThat(measured.get(Metric.P99_MS)).isBetween(989.0, 991.0);
        assertThat(measured.get(Metric.P999_MS)).isBetween(998.0, 1000.0);
    }
}
