package io.chronik.bench.report;

import static io.chronik.bench.load.Metric.CPU_PERCENT;
import static io.chronik.bench.load.Metric.CPU_PER_GIB;
import static io.chronik.bench.load.Metric.CPU_PER_MILLION;
import static io.chronik.bench.load.Metric.MIB_PER_SECOND;
import static io.chronik.bench.load.Metric.P50_MS;
import static io.chronik.bench.load.Metric.P99_MS;
import static io.chronik.bench.load.Metric.RECORDS_PER_SECOND;
import static io.chronik.bench.load.Metric.RESIDENT_MIB;
import static io.chronik.bench.load.Metric.THREADS;

import io.chronik.bench.cases.Cases;
import io.chronik.bench.report.Bar.Against;
import java.util.ArrayList;
import java.util.List;

/// What the project promises, as issue 3 states it.
public final class Bars {
    private Bars() {}

    public static List<Bar> all() {
        List<Bar> bars = new ArrayList<>();
        produce(bars);
        sync(bars);
        latencyAndConsume(bars);
        lifecycle(bars);
        return bars;
    }

    private static void produce(List<Bar> bars) {
        for (int recordBytes : new int[] {1024, 100}) {
            for (int partitions : new int[] {1, 12}) {
                for (int kib : new int[] {16, 64}) {
                    String name = "produce-" + recordBytes + "b-" + kib + "kib-" + partitions + "p";
                    String what = recordBytes + " B records, batch " + kib + " KiB, " + partitions + " partitions";
                    bars.add(Bar.kafkaAtLeast(what + ": throughput", name, MIB_PER_SECOND, 1.0, 1.5));
                    if (recordBytes == 100) continue;
                    bars.add(Bar.kafkaAtMost(what + ": broker CPU per GiB", name, CPU_PER_GIB, 0.6, 0.4));
                    bars.add(Bar.fsyncAtLeast(what + ": throughput", name, MIB_PER_SECOND, 3, 10));
                }
            }
        }
    }

    private static void sync(List<Bar> bars) {
        double[][] oneLog = {{1, 1.5}, {8, 3}, {64, 8}};
        for (double[] each : oneLog) {
            String name = "sync-" + (int) each[0] + "-on-1";
            String what = (int) each[0] + " producers that wait for each ack, 1 partition: acks/s";
            bars.add(Bar.fsyncAtLeast(what, name, RECORDS_PER_SECOND, each[1], each[0] == 64 ? 20 : each[1]));
        }
        bars.add(Bar.kafkaAtLeast(
                "64 producers that wait for each ack, 1 partition: acks/s",
                "sync-64-on-1",
                RECORDS_PER_SECOND,
                0.7,
                1.2));
        String many = "64 producers that wait for each ack, 64 partitions: acks/s";
        bars.add(Bar.fsyncAtLeast(many, "sync-64-on-64", RECORDS_PER_SECOND, 3, 6));
        bars.add(Bar.kafkaAtLeast(many, "sync-64-on-64", RECORDS_PER_SECOND, 0.7, 1.0));
        bars.add(new Bar(
                "64 such producers on 64 partitions, against 1 partition: acks/s",
                "sync-64-on-64",
                RECORDS_PER_SECOND,
                new Against.OtherCase("sync-64-on-1"),
                true,
                0.5,
                0.9));
        bars.add(Bar.fsyncAtLeast(
                "1,000 partitions, 64 producers with 5 requests in flight: acks/s",
                "pipelined-64x5-on-1000",
                RECORDS_PER_SECOND,
                8,
                20));
        bars.add(new Bar(
                "1,000 partitions, 64 producers that wait for each ack: p99",
                "sync-64-on-1000",
                P99_MS,
                new Against.Broker(Cases.KAFKA_FSYNC),
                false,
                0.5,
                0.2));
    }

    private static void latencyAndConsume(List<Bar> bars) {
        bars.add(new Bar(
                "1,000 records/s of 1 KiB, open loop: p99, in fsyncs more",
                "latency-1000-per-second",
                P99_MS,
                new Against.FsyncsMore(Cases.KAFKA),
                false,
                2,
                0));
        bars.add(Bar.kafkaAtLeast("consume 2 GiB, warm: throughput", "consume-2gib", MIB_PER_SECOND, 1.0, 1.3));
        bars.add(Bar.kafkaAtMost("consume 2 GiB, warm: broker CPU per GiB", "consume-2gib", CPU_PER_GIB, 0.7, 0.5));
        bars.add(new Bar(
                "produced to consumed at 100/s: p50, in fsyncs more",
                "end-to-end-100-per-second",
                P50_MS,
                new Against.FsyncsMore(Cases.KAFKA),
                false,
                1,
                1));
        String raw = "raw producers, 64 KiB batches, 12 partitions";
        bars.add(Bar.kafkaAtLeast(raw + ": throughput", "raw-64kib-12-partitions", MIB_PER_SECOND, 1.0, 1.5));
        bars.add(Bar.kafkaAtMost(
                raw + ": broker CPU per million", "raw-64kib-12-partitions", CPU_PER_MILLION, 0.6, 0.4));
        bars.add(growth(
                "1,000 active partitions, against 10: throughput",
                "active-partitions-1000",
                "active-partitions-10",
                0.6));
        bars.add(growth("500 connections, against 5: throughput", "connections-500", "connections-5", 0.8));
    }

    private static Bar growth(String title, String large, String small, double bar) {
        return new Bar(title, large, MIB_PER_SECOND, new Against.OtherCase(small), true, bar, 1.0);
    }

    private static void lifecycle(List<Bar> bars) {
        bars.add(Bar.atMost("start to the first Metadata answer, s", "start-stop", "startSeconds", 1.0, 0.5));
        bars.add(Bar.atMost("clean stop, s", "start-stop", "stopSeconds", 1.0, 1.0));
        bars.add(Bar.atMost("idle resident memory, MiB", "idle", RESIDENT_MIB, 200, 120));
        bars.add(Bar.atMost("idle threads", "idle", THREADS, 39, 39));
        bars.add(Bar.atMost("idle CPU, % of a core", "idle", CPU_PERCENT, 0.5, 0.5));
        bars.add(Bar.atMost("10,000 partitions: created, s", "partitions-10000", "createSeconds", 10, 2));
        bars.add(Bar.atMost(
                "10,000 written partitions: served again after kill -9, s",
                "partitions-10000",
                "servedAgainSeconds",
                5,
                1));
        bars.add(Bar.atMost("10,000 partitions: clean stop, s", "partitions-10000", "stopSeconds", 2, 2));
        bars.add(Bar.atMost("1,000 topics, one call each, s", "topics-1000", "createSeconds", 5, 2));
        bars.add(Bar.atMost(
                "heap of an idle partition, bytes", "idle-partitions", "heapBytesPerPartition", 32768, 8192));
        bars.add(Bar.atMost("open files of idle partitions", "idle-partitions", "openPartitionFiles", 0, 0));
        bars.add(Bar.atMost("10 GiB log: served again after kill -9, s", "recovery-10gib", "servedAgainSeconds", 5, 1));
    }
}
