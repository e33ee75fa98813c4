package io.chronik.bench.cases;

import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.broker.ProcessFigures;
import io.chronik.bench.broker.Recipe;
import io.chronik.bench.load.JavaConsumer;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Metric;
import io.chronik.bench.load.RawProducers;
import io.chronik.bench.load.RawProducers.Shape;
import io.chronik.bench.load.Target;
import io.chronik.bench.load.Topics;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.RequestHeader;

/// What happens between start and end of a broker. Each run has a broker of its own.
final class Lifecycles {
    static final String START_SECONDS = "startSeconds";
    static final String STOP_SECONDS = "stopSeconds";
    static final String CREATE_SECONDS = "createSeconds";
    static final String RECOVERY_SECONDS = "servedAgainSeconds";
    static final String HEAP_PER_PARTITION = "heapBytesPerPartition";
    static final String OPEN_FILES = "openPartitionFiles";
    private static final int IDLE_SECONDS = 15;

    private Lifecycles() {}

    /// From the launch of the process to the first answer to a Metadata request; then a clean stop.
    static Measured startAndStop(Recipe recipe, Path work) {
        try (BrokerProcess broker = BrokerProcess.start(recipe, work)) {
            double start = awaitMetadata(broker);
            return Measured.of(START_SECONDS, start).with(STOP_SECONDS, broker.stop());
        }
    }

    /// Memory, threads and CPU of a broker that nobody uses, after a topic was created and used.
    static Measured idle(Recipe recipe, Path work) {
        try (BrokerProcess broker = BrokerProcess.start(recipe, work)) {
            awaitMetadata(broker);
            Target target = targetOf(broker);
            use(target, 10);
            pause(10);
            ProcessFigures before = broker.figures();
            pause(30);
            ProcessFigures after = broker.figures();
            return Measured.of(Metric.RESIDENT_MIB, after.residentBytes() / 1048576.0)
                    .with(Metric.THREADS, after.threads())
                    .with(Metric.CPU_PERCENT, 100 * (after.cpuSeconds() - before.cpuSeconds()) / 30);
        }
    }

    private static void use(Target target, int partitions) {
        try (Topics topics = new Topics(target)) {
            String topic = topics.create(partitions);
            produceOnce(target, topic, partitions);
        }
    }

    private static void produceOnce(Target target, String topic, int partitions) {
        RawProducers producers = new RawProducers(target, topic, new Shape(8, 4, partitions, 1, 100));
        try (Topics topics = new Topics(target)) {
            do {
                producers.run(0, 0.2 + partitions / 5000.0);
            } while (topics.count(topic, partitions) < partitions);
        }
    }

    /// One topic of `partitions` partitions, all of them written: created; served again after kill -9, and then written
    /// and read again; stopped.
    static Case.LifecycleRun manyPartitions(int partitions) {
        return (recipe, work) -> {
            try (BrokerProcess broker = BrokerProcess.start(recipe, work)) {
                awaitMetadata(broker);
                Target target = targetOf(broker);
                String name = "many";
                double create = seconds(() -> {
                    try (Topics topics = new Topics(target)) {
                        topics.create(name, partitions);
                        topics.awaitLeaders(name, partitions);
                    }
                });
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
                        .with(RECOVERY_SECONDS, again)
                        .with(STOP_SECONDS, broker.stop());
            }
        };
    }

    private static long countOf(Target target, String topic, int partitions) {
        try (Topics topics = new Topics(target)) {
            return topics.count(topic, partitions);
        }
    }

    /// `count` topics of one partition, created by one call each, one after the other.
    static Case.LifecycleRun manyTopics(int count) {
        return (recipe, work) -> {
            try (BrokerProcess broker = BrokerProcess.start(recipe, work)) {
                awaitMetadata(broker);
                try (Topics topics = new Topics(targetOf(broker))) {
                    use(targetOf(broker), 1);
                    double create = seconds(() -> {
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
    static Case.LifecycleRun idlePartitions(int partitions) {
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
            return files.filter(Lifecycles::isPartitionFile).count();
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

    /// Kill -9 under load with `gib` GiB in two topics; then, from the launch, until both can be read and written.
    static Case.LifecycleRun recovery(int gib) {
        return (recipe, work) -> {
            try (BrokerProcess broker = BrokerProcess.start(recipe, work)) {
                awaitMetadata(broker);
                Target target = targetOf(broker);
                int partitions = 3;
                String[] names = {"first", "second"};
                try (Topics topics = new Topics(target)) {
                    for (String name : names) topics.create(name, partitions);
                    for (String name : names) topics.awaitLeaders(name, partitions);
                }
                for (String name : names) fill(target, name, partitions, gib * (1L << 30) / names.length);
                long[] records = {countOf(target, names[0], partitions), countOf(target, names[1], partitions)};
                broker.kill();
                broker.restart();
                double again = secondsSince(broker.startedNs(), () -> {
                    awaitMetadata(broker);
                    try (Topics topics = new Topics(targetOf(broker))) {
                        for (int i = 0; i < names.length; i++) {
                            String name = names[i];
                            long expected = records[i];
                            topics.awaitLeaders(name, partitions);
                            Topics.await(() -> topics.count(name, partitions) == expected);
                            produceOnce(targetOf(broker), name, partitions);
                        }
                    }
                });
                return Measured.of(RECOVERY_SECONDS, again);
            }
        };
    }

    private static void fill(Target target, String topic, int partitions, long bytes) {
        RawProducers producers = new RawProducers(target, topic, new Shape(partitions, 4, partitions, 60, 4096));
        while (producers.acknowledgedRecords() * 4096 < bytes) producers.run(0, 0.5);
    }

    // ---- Time and first contact ----

    private static Target targetOf(BrokerProcess broker) {
        return new Target(broker.bootstrap(), OptionalLong.of(broker.pid()));
    }

    private static double seconds(Runnable work) {
        return secondsSince(System.nanoTime(), work);
    }

    private static double secondsSince(long beginNs, Runnable work) {
        work.run();
        return (System.nanoTime() - beginNs) / 1e9;
    }

    private static void pause(int seconds) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (long left; (left = endNs - System.nanoTime()) > 0; ) LockSupport.parkNanos(left);
    }

    /// Seconds from the launch to the first answer; asks every 2 ms on new connections.
    static double awaitMetadata(BrokerProcess broker) {
        while (broker.isAlive()) {
            if (answersMetadata(broker.bootstrap())) return (System.nanoTime() - broker.startedNs()) / 1e9;
            LockSupport.parkNanos(2_000_000);
        }
        throw new IllegalStateException(broker.name() + " ended, see " + broker.directory());
    }

    private static boolean answersMetadata(String bootstrap) {
        String[] address = bootstrap.split(":", -1);
        short version = 12;
        ByteBuffer request = new MetadataRequest(
                        new MetadataRequestData().setTopics(List.of()).setAllowAutoTopicCreation(false), version)
                .serializeWithHeader(new RequestHeader(ApiKeys.METADATA, version, "bench", 1));
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(1000);
            socket.connect(new InetSocketAddress(address[0], Integer.parseInt(address[1])), 1000);
            OutputStream out = socket.getOutputStream();
            byte[] bytes = new byte[4 + request.remaining()];
            ByteBuffer.wrap(bytes).putInt(request.remaining()).put(request);
            out.write(bytes);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int size = in.readInt();
            return size > 8 && in.readInt() == 1;
        } catch (IOException notYet) {
            return false;
        }
    }
}
