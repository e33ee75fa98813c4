package io.chronik.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Metric;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LimitsTableTest {
    private final Results results = new Results(Map.of());

    private String line(String caseName) {
        return new LimitsTable(List.of(results))
                .render()
                .lines()
                .filter(line -> line.contains("`" + caseName + "`"))
                .findFirst()
                .orElse("");
    }

    @Test
    void tellsTheShareOfWhatTheMachineCanDo() {
        results.addLimits(Map.of("loopbackSendfile.mibPerSecond", 2000.0));
        results.add("consume-2gib", "chronik", Measured.of(Metric.MIB_PER_SECOND, 1500));
        results.add("consume-2gib", "kafka", Measured.of(Metric.MIB_PER_SECOND, 1000));

        assertThat(line("consume-2gib")).endsWith("| 2,000 | 1,500 | 0.75x | 1,000 | 0.50x |");
    }

    @Test
    void oneProducerWaitsForTheDiskAndForTheWay() {
        results.addLimits(Map.of("fdatasyncAppend1Kib.p50Ms", 0.15, "loopbackRoundTrips1.perSecond", 20_000.0));
        results.add("sync-1-on-1", "chronik", Measured.of(Metric.RECORDS_PER_SECOND, 4000));

        assertThat(line("sync-1-on-1")).contains("| 5,000 | 4,000 | 0.80x |");
    }

    @Test
    void saysWhatWasNotMeasured() {
        assertThat(line("sync-64-on-64")).contains("not measured");
    }
}
