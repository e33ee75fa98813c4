package io.chronik.bench.report;

import static io.chronik.bench.load.Metric.CPU_PERCENT;
import static io.chronik.bench.load.Metric.CPU_PER_GIB;
import static io.chronik.bench.load.Metric.MACHINE_CPU_PER_GIB;
import static io.chronik.bench.load.Metric.MIB_PER_SECOND;
import static io.chronik.bench.load.Metric.P50_MS;
import static io.chronik.bench.load.Metric.P99_MS;
import static io.chronik.bench.load.Metric.RECORDS_PER_SECOND;
import static io.chronik.bench.load.Metric.RESIDENT_MB;
import static io.chronik.bench.load.Metric.THREADS;
import static io.chronik.bench.report.Goal.atLeast;
import static io.chronik.bench.report.Goal.atMost;
import static io.chronik.bench.report.Goal.below;

import java.util.ArrayList;
import java.util.List;

/// What the project promises, row by row as issues 3 and 4 state it. Rows without a goal are told beside them.
public final class Bars {
    private static final Goal TOLD = new Goal.Told();

    private Bars() {}

    public static List<Bar> all() {
        List<Bar> bars = new ArrayList<>();
        for (int recordBytes : new int[] {1024, 100}) {
            for (int partitions : new int[] {1, 12}) {
                for (int batchKib : new int[] {16, 64}) produce(bars, recordBytes, batchKib, partitions);
            }
        }
        rawProduce(bars);
        syncOnOne(bars);
        syncOnMany(bars);
        latencyAndConsume(bars);
        lifecycle(bars);
        ClusterBars.addTo(bars);
        return bars;
    }

    private static void produce(List<Bar> bars, int recordBytes, int batchKib, int partitions) {
        String name = "produce-" + recordBytes + "b-" + batchKib + "kib-" + partitions + "p";
        String what = recordBytes + " B records, batch " + batchKib + " KiB, " + count(partitions, "partition") + ": ";
        bars.add(Bar.kafka(what + "MiB/s", name, MIB_PER_SECOND, atLeast(1.0, 1.5)));
        boolean large = recordBytes == 1024;
        bars.add(Bar.kafka(what + "broker CPU s per GiB", name, CPU_PER_GIB, large ? atMost(0.6, 0.4) : TOLD));
        bars.add(Bar.kafka(what + "CPU s per GiB, whole machine less the clients", name, MACHINE_CPU_PER_GIB, TOLD));
        if (large) bars.add(Bar.kafkaFsync(what + "MiB/s", name, MIB_PER_SECOND, atLeast(3, 10)));
    }

    private static void rawProduce(List<Bar> bars) {
        String name = "raw-64kib-12-partitions";
        String what = "1024 B records from raw producers, batch 64 KiB, 12 partitions: ";
        bars.add(Bar.kafka(what + "MiB/s", name, MIB_PER_SECOND, TOLD));
        bars.add(Bar.kafka(what + "broker CPU s per GiB", name, CPU_PER_GIB, TOLD));
        bars.add(Bar.kafka(what + "CPU s per GiB, whole machine less the clients", name, MACHINE_CPU_PER_GIB, TOLD));
    }

    private static void syncOnOne(List<Bar> bars) {
        bars.add(Bar.kafkaFsync(acks(1, 1), "sync-1-on-1", RECORDS_PER_SECOND, atLeast(1.5)));
        bars.add(Bar.kafkaFsync(acks(8, 1), "sync-8-on-1", RECORDS_PER_SECOND, atLeast(3)));
        bars.add(Bar.kafkaFsync(acks(64, 1), "sync-64-on-1", RECORDS_PER_SECOND, atLeast(8, 20)));
        bars.add(Bar.kafka(acks(1, 1), "sync-1-on-1", RECORDS_PER_SECOND, TOLD));
        bars.add(Bar.kafka(acks(8, 1), "sync-8-on-1", RECORDS_PER_SECOND, TOLD));
        bars.add(Bar.kafka(acks(64, 1), "sync-64-on-1", RECORDS_PER_SECOND, atLeast(0.7, 1.2)));
    }

    private static void syncOnMany(List<Bar> bars) {
        bars.add(Bar.kafkaFsync(acks(1, 64), "sync-1-on-64", RECORDS_PER_SECOND, TOLD));
        bars.add(Bar.kafkaFsync(acks(8, 64), "sync-8-on-64", RECORDS_PER_SECOND, TOLD));
        bars.add(Bar.kafkaFsync(acks(64, 64), "sync-64-on-64", RECORDS_PER_SECOND, atLeast(3, 6)));
        bars.add(Bar.kafka(acks(64, 64), "sync-64-on-64", RECORDS_PER_SECOND, atLeast(0.7, 1.0)));
        bars.add(Bar.otherCase(
                "64 such producers on 64 partitions, against 1 partition: acks/s",
                "sync-64-on-64",
                "sync-64-on-1",
                RECORDS_PER_SECOND,
                atLeast(0.5, 0.9)));
        bars.add(Bar.kafkaFsync(
                "64 pipelining producers, 5 requests in flight, 1,000 partitions: acks/s",
                "pipelined-64x5-on-1000",
                RECORDS_PER_SECOND,
                atLeast(8, 20)));
        bars.add(Bar.kafkaFsync(
                "64 producers that wait for each ack, 1,000 partitions: p99 ms",
                "sync-64-on-1000",
                P99_MS,
                atMost(0.5, 0.2)));
    }

    private static void latencyAndConsume(List<Bar> bars) {
        bars.add(Bar.fsyncsMore(
                "1,000 records/s of 1 KiB, open loop: p99 ms; more, in fsyncs",
                "latency-1000-per-second",
                P99_MS,
                atMost(2, 0)));
        bars.add(Bar.kafka("consume 2 GiB, warm: MiB/s", "consume-2gib", MIB_PER_SECOND, atLeast(1.0, 1.3)));
        bars.add(Bar.kafka("consume 2 GiB, warm: broker CPU s per GiB", "consume-2gib", CPU_PER_GIB, atMost(0.7, 0.5)));
        bars.add(Bar.fsyncsMore(
                "produced to consumed, 100/s: p50 ms; more, in fsyncs",
                "end-to-end-100-per-second",
                P50_MS,
                atMost(1)));
    }

    private static void lifecycle(List<Bar> bars) {
        bars.add(Bar.alone(
                "start of the distribution to the first Metadata answer, s",
                "start-stop",
                "startSeconds",
                below(1.0, 0.5)));
        bars.add(Bar.alone(
                "the same, the very first time after unpacking, s", "first-start", "startSeconds", below(1.0, 0.5)));
        bars.add(Bar.alone("idle resident memory, MB", "idle", RESIDENT_MB, below(200, 120)));
        bars.add(Bar.alone("idle threads", "idle", THREADS, below(40)));
        bars.add(Bar.alone("idle CPU, % of a core", "idle", CPU_PERCENT, below(0.5)));
        bars.add(Bar.alone("clean stop, s", "start-stop", "stopSeconds", below(1)));
        bars.add(Bar.alone(
                "10,000 partitions in one topic: created, s", "partitions-10000", "createSeconds", below(10, 2)));
        bars.add(Bar.alone(
                "10,000 written partitions: served again after kill -9, s",
                "partitions-10000",
                "servedAgainSeconds",
                below(5, 1)));
        bars.add(Bar.alone("10,000 written partitions: clean stop, s", "partitions-10000", "stopSeconds", below(2)));
        bars.add(Bar.alone("1,000 topics created one call each, s", "topics-1000", "createSeconds", below(5, 2)));
        bars.add(Bar.alone("idle partition: open files of 2,000", "idle-partitions", "openPartitionFiles", atMost(0)));
        bars.add(Bar.alone(
                "idle partition: heap bytes", "idle-partitions", "heapBytesPerPartition", below(32_768, 8_192)));
        bars.add(Bar.otherCase(
                "growth, 1,000 active partitions against 10: MiB/s",
                "active-partitions-1000",
                "active-partitions-10",
                MIB_PER_SECOND,
                atLeast(0.6)));
        bars.add(Bar.otherCase(
                "growth, 500 connections against 5: MiB/s",
                "connections-500",
                "connections-5",
                MIB_PER_SECOND,
                atLeast(0.8)));
        bars.add(Bar.alone(
                "10 GiB log: served again after kill -9, s", "recovery-10gib", "servedAgainSeconds", atMost(5, 1)));
        beside(bars);
    }

    /// Sizes that Kafka can do in the time, too.
    private static void beside(List<Bar> bars) {
        bars.add(Bar.kafka("1,000 partitions in one topic: created, s", "partitions-1000", "createSeconds", TOLD));
        bars.add(Bar.kafka(
                "1,000 written partitions: served again after kill -9, s",
                "partitions-1000",
                "servedAgainSeconds",
                TOLD));
        bars.add(Bar.kafka("1,000 written partitions: clean stop, s", "partitions-1000", "stopSeconds", TOLD));
        bars.add(Bar.kafka("1 GiB log: served again after kill -9, s", "recovery-1gib", "servedAgainSeconds", TOLD));
    }

    private static String acks(int producers, int partitions) {
        return count(producers, "producer") + (producers == 1 ? " that waits" : " that wait") + " for each ack, "
                + count(partitions, "partition") + ": acks/s";
    }

    private static String count(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
