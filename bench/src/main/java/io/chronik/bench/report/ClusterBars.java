package io.chronik.bench.report;

import static io.chronik.bench.load.Metric.CPU_PERCENT;
import static io.chronik.bench.load.Metric.CPU_PER_GIB;
import static io.chronik.bench.load.Metric.MACHINE_CPU_PER_GIB;
import static io.chronik.bench.load.Metric.MIB_PER_SECOND;
import static io.chronik.bench.load.Metric.P50_MS;
import static io.chronik.bench.load.Metric.P99_MS;
import static io.chronik.bench.load.Metric.UNAVAILABLE_MS;
import static io.chronik.bench.report.Goal.atLeast;
import static io.chronik.bench.report.Goal.atMost;
import static io.chronik.bench.report.Goal.below;

import io.chronik.bench.report.Bar.Pick;
import java.util.List;

/// What the project promises of three nodes, row by row as issue 4 states it.
final class ClusterBars {
    private static final Goal TOLD = new Goal.Told();

    private ClusterBars() {}

    static void addTo(List<Bar> bars) {
        failover(bars);
        loads(bars);
        metadata(bars);
    }

    private static void failover(List<Bar> bars) {
        unavailable(bars, "kill -9 of the leader", "kill-leader", Pick.MEDIAN, atMost(500));
        unavailable(bars, "kill -9 of the leader", "kill-leader", Pick.P95, atMost(1_000));
        unavailable(
                bars,
                "kill -9 of the leader that is the controller",
                "kill-leader-and-controller",
                Pick.P95,
                atMost(1_500));
        unavailable(bars, "kill -9 of a follower", "kill-follower", Pick.MOST, atMost(1_000));
        unavailable(bars, "SIGSTOP of the leader", "suspend-leader", Pick.MOST, atMost(3_000));
        unavailable(bars, "leader cut off from the nodes", "cut-leader-from-nodes", Pick.MOST, atMost(3_000));
        unavailable(bars, "leader cut off from nodes and clients", "cut-leader-from-all", Pick.MOST, TOLD);
        unavailable(bars, "controlled restart of the leader", "restart-leader", Pick.MOST, atMost(300));
    }

    private static void unavailable(List<Bar> bars, String what, String name, Pick pick, Goal goal) {
        String picked = switch (pick) {
            case MEDIAN -> "median";
            case P95 -> "p95";
            case MOST -> "most";
        };
        bars.add(Bar.alone(
                "three nodes, " + what + ": ms without an ack, " + picked,
                "failover-" + name,
                UNAVAILABLE_MS,
                pick,
                goal));
    }

    private static void loads(List<Bar> bars) {
        produce(bars, 64, 12, "12 partitions");
        produce(bars, 16, 12, "12 partitions");
        produce(bars, 64, 1, "1 partition");
        String what = "three replicas, 1,000 records/s of 1 KiB, open loop: ";
        bars.add(Bar.kafka(what + "p99 ms", "cluster-latency-1000-per-second", P99_MS, atMost(1.0)));
        bars.add(Bar.kafka(what + "p50 ms", "cluster-latency-1000-per-second", P50_MS, TOLD));
    }

    private static void produce(List<Bar> bars, int batchKib, int partitions, String onPartitions) {
        String name = "cluster-produce-1024b-" + batchKib + "kib-" + partitions + "p";
        String what = "three replicas, 1024 B records, batch " + batchKib + " KiB, " + onPartitions + ": ";
        bars.add(Bar.kafka(what + "MiB/s", name, MIB_PER_SECOND, atLeast(1.0)));
        bars.add(Bar.kafka(what + "CPU s of all brokers per GiB", name, CPU_PER_GIB, atMost(0.8)));
        bars.add(Bar.kafka(what + "CPU s per GiB, whole machine less the clients", name, MACHINE_CPU_PER_GIB, TOLD));
    }

    private static void metadata(List<Bar> bars) {
        bars.add(Bar.alone(
                "three nodes: 5,000 topics created, s", "cluster-create-5000-topics", "createdSeconds", below(10)));
        bars.add(Bar.alone(
                "three nodes: 5,000 topics created and all replicas in sync, s",
                "cluster-create-5000-topics",
                "inSyncSeconds",
                TOLD));
        bars.add(Bar.alone(
                "three nodes, idle: CPU of the busiest, % of a core", "cluster-idle", CPU_PERCENT, below(1.5)));
        String quiet = "three nodes under full load for an hour: ";
        bars.add(Bar.alone(quiet + "elections of a controller", "cluster-quiet", "quorumElections", atMost(0)));
        bars.add(Bar.alone(quiet + "elections of a partition", "cluster-quiet", "partitionElections", atMost(0)));
        bars.add(Bar.alone(quiet + "lines that tell of fencing", "cluster-quiet", "linesOfFencing", atMost(0)));
        bars.add(Bar.alone(quiet + "seconds", "cluster-quiet", "seconds", atLeast(3_600)));
        million(bars, "heap, MB", "heapMb");
        million(bars, "created by commands from the log, s", "applySeconds");
        million(bars, "one change of one partition, µs", "changeMicros");
        million(bars, "snapshot written, s", "snapshotSeconds");
        million(bars, "snapshot, MB", "snapshotMb");
        million(bars, "snapshot loaded, s", "loadSeconds");
    }

    private static void million(List<Bar> bars, String what, String metric) {
        bars.add(Bar.alone("metadata of 1,000,000 partitions: " + what, "metadata-1000000-partitions", metric, TOLD));
    }
}
