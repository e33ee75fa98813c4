package io.chronik.bench.cases;

import static io.chronik.bench.cases.FirstContact.awaitMetadata;
import static io.chronik.bench.cases.FirstContact.countOf;
import static io.chronik.bench.cases.FirstContact.produceOnce;
import static io.chronik.bench.cases.FirstContact.secondsSince;
import static io.chronik.bench.cases.FirstContact.targetOf;
import static io.chronik.bench.cases.FirstContact.use;

import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.load.JavaConsumer;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Target;
import io.chronik.bench.load.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// What many topics and partitions cost. Each run has a broker of its own.
final class ManyPartitions {
    private static final String CREATE_SECONDS = "createSeconds";
    private static final String HEAP_PER_PARTITION = "heapBytesPerPartition";
    private static final String OPEN_FILES = "openPartitionFiles";
    private static final int IDLE_SECONDS = 15;

    private ManyPartitions() {}

    /// One topic of `partitions` partitions, all of them written: created; served again after kill -9, and then written
    /// and read again; stopped.
    static Case.LifecycleRun oneTopic(int partitions) {
        return (recipe, work) -> {
            try (BrokerProcess broker = BrokerProcess.start(recipe, work)) {
                awaitMetadata(broker);
                Target target = targetOf(broker);
                String name = "many";
                double create = secondsSince(System.nanoTime(), () -> {
                    try (Topics topics = new Topics(target)) {
                        topics.create(name, partitions);
                        topics.awaitLeaders(name, partitions);
                    }
                });
                countOf(target, name, partitions); // Kafka names leaders before they serve; this waits for them.
                produceOnce(target, name, partitions);
                long records = countOf(target, name, partitions);
                broker.kill();
                broker.restart();
                double again = secondsSince(broker.startedNs(), () -> {
                    awaitMetadata(broker);
                    Target restarted = targetOf(broker);
                    try (Topics topics = new Topics(restarted)) {
                        topics.awaitLeaders(name, partitions);
                        Topics.await(() -> topics.count(name, partitions) == records);
                    }
                });
                new JavaConsumer(targetOf(broker), name, partitions).readAll(records);
                produceOnce(targetOf(broker), name, partitions);
                return Measured.of(CREATE_SECONDS, create)
                        .with(Recoveries.SERVED_AGAIN_SECONDS, again)
                        .with(Lifecycles.STOP_SECONDS, broker.stop());
            }
        };
    }

    /// `count` topics of one partition, created by one call each, one after the other.
    static Case.LifecycleRun topics(int count) {
        return (recipe, work) -> {
            try (BrokerProcess broker = BrokerProcess.start(recipe, work)) {
                awaitMetadata(broker);
                try (Topics topics = new Topics(targetOf(broker))) {
                    use(targetOf(broker), 1);
                    double create = secondsSince(System.nanoTime(), () -> {
                        for (int i = 0; i < count; i++) topics.create("topic-" + i, 1);
                    });
                    return Measured.of(CREATE_SECONDS, create);
                }
            }
        };
    }

    /// Heap that each of `partitions` partitions costs when it was written and then left alone until its file is
    /// closed,
    /// and how many files of partitions are open after 15 seconds at the latest. Chronik only: it asks the JVM.
    static Case.LifecycleRun idle(int partitions) {
        return (recipe, work) -> {
            try (BrokerProcess broker = BrokerProcess.start(recipe, work)) {
                awaitMetadata(broker);
                Target target = targetOf(broker);
                use(target, 1);
                long before = liveHeapBytes(broker.pid());
                use(target, partitions);
                awaitIdle(broker.pid());
                long openFiles = openPartitionFiles(broker.pid());
                long after = liveHeapBytes(broker.pid());
                return Measured.of(HEAP_PER_PARTITION, (after - before) / (double) partitions)
                        .with(OPEN_FILES, (double) openFiles);
            }
        };
    }

    /// Until no partition's file is open, at most for what a user would call idle.
    private static void awaitIdle(long pid) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
        while (openPartitionFiles(pid) > 0 && System.nanoTime() < endNs) LockSupport.parkNanos(50_000_000);
    }

    private static long liveHeapBytes(long pid) {
        try {
            Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
            Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram").start();
            List<String> lines = process.inputReader().readAllLines();
            String[] total = lines.getLast().strip().split("\\s+", -1); // "Total  <instances>  <bytes>"
            return Long.parseLong(total[2]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long openPartitionFiles(long pid) {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return files.filter(ManyPartitions::isPartitionFile).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isPartitionFile(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("/partitions/");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }
}
