package io.chronik.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Metric;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
    private final Results results = new Results(Map.of("commit", "abc1234", "fsyncMs", 0.5));

    private void add(String caseName, String broker, String metric, double... values) {
        for (double value : values) results.add(caseName, broker, Measured.of(metric, value));
    }

    private String line(String title) {
        return new Table(List.of(results))
                .render()
                .lines()
                .filter(line -> line.contains(title))
                .findFirst()
                .orElse("");
    }

    @Test
    void comparesPairByPair() {
        add("produce-1024b-16kib-1p", "chronik", Metric.MIB_PER_SECOND, 100, 300, 50);
        add("produce-1024b-16kib-1p", "kafka", Metric.MIB_PER_SECOND, 100, 100, 100);

        assertThat(line("1024 B records, batch 16 KiB, 1 partition: MiB/s"))
                .contains("**1.00** (0.50–3.00)")
                .contains("kafka: 100")
                .contains("reached")
                .contains("`--case produce-1024b-16kib-1p` (abc1234)");
    }

    @Test
    void saysWhatIsMissed() {
        add("produce-1024b-16kib-1p", "chronik", Metric.MIB_PER_SECOND, 99);
        add("produce-1024b-16kib-1p", "kafka", Metric.MIB_PER_SECOND, 100);

        assertThat(line("1024 B records, batch 16 KiB, 1 partition: MiB/s")).contains("**missed**");
        assertThat(new Table(List.of(results)).missed()).hasSize(1);
    }

    @Test
    void saysWhatWasNeverMeasured() {
        assertThat(new Table(List.of(results)).render().lines().skip(2))
                .hasSameSizeAs(Bars.all())
                .allMatch(line -> line.contains("**not measured**"));
    }

    @Test
    void aGoalMayBeForTheWorstRuns() {
        double[] gaps = new double[20];
        for (int i = 0; i < 20; i++) gaps[i] = 100 + i;
        gaps[18] = 900;
        gaps[19] = 1_200;
        add("failover-kill-leader", "chronik", Metric.UNAVAILABLE_MS, gaps);
        add("failover-kill-follower", "chronik", Metric.UNAVAILABLE_MS, gaps);
        add("failover-kill-leader", "kafka", Metric.UNAVAILABLE_MS, 9_000, 9_400);

        assertThat(line("kill -9 of the leader: ms without an ack, median"))
                .contains("**110** (100–1,200)")
                .contains("kafka: 9,200")
                .contains("reached");
        assertThat(line("kill -9 of the leader: ms without an ack, p95"))
                .contains("**900** (100–1,200)")
                .contains("kafka: 9,400")
                .contains("reached");
        assertThat(line("kill -9 of a follower: ms without an ack, most"))
                .contains("**1,200**")
                .contains("missed");
    }

    @Test
    void showsOnlyWhatWasMeasuredWhenAsked() {
        add("idle", "chronik", Metric.THREADS, 30);

        assertThat(new Table(List.of(results)).renderMeasured().lines().skip(2))
                .singleElement()
                .asString()
                .contains("idle threads");
    }

    @Test
    void aFailedRunDropsItsPairOnly() {
        add("produce-1024b-16kib-1p", "chronik", Metric.MIB_PER_SECOND, 100);
        results.add("produce-1024b-16kib-1p", "chronik", Measured.NOTHING);
        add("produce-1024b-16kib-1p", "chronik", Metric.MIB_PER_SECOND, 300);
        add("produce-1024b-16kib-1p", "kafka", Metric.MIB_PER_SECOND, 100, 50, 150);

        assertThat(line("1024 B records, batch 16 KiB, 1 partition: MiB/s")).contains("**1.50** (1.00–2.00)");
    }

    @Test
    void countsInFsyncs() {
        add("latency-1000-per-second", "chronik", Metric.P99_MS, 3);
        add("latency-1000-per-second", "kafka", Metric.P99_MS, 2);

        assertThat(line("open loop: p99")).contains("**2.00** (2.00–2.00)").contains("reached");
    }

    @Test
    void comparesTwoCases() {
        add("sync-64-on-64", "chronik", Metric.RECORDS_PER_SECOND, 40_000);
        add("sync-64-on-1", "chronik", Metric.RECORDS_PER_SECOND, 50_000);

        assertThat(line("on 64 partitions, against 1")).contains("**0.80**").contains("sync-64-on-1: 50,000");
    }

    @Test
    void takesTheNewestResultsThatHaveTheCase() {
        add("idle", "chronik", Metric.RESIDENT_MB, 100);
        Results newer = new Results(Map.of("commit", "fff"));

        assertThat(new Table(List.of(newer, results)).render())
                .contains("idle resident memory")
                .contains("abc1234");
    }

    @Test
    void survivesAFile(@TempDir Path directory) {
        add("idle", "chronik", Metric.THREADS, 30, 31);
        results.addLimits(Map.of("syncfs64Files.p50Ms", 1.5));

        results.write(directory.resolve("r.json"));
        Results read = Results.read(directory.resolve("r.json"));

        assertThat(read.values("idle", "chronik", Metric.THREADS)).containsExactly(30.0, 31.0);
        assertThat(read.facts()).containsEntry("commit", "abc1234");
        assertThat(read.limits()).containsExactly(Map.entry("syncfs64Files.p50Ms", 1.5));
    }
}
