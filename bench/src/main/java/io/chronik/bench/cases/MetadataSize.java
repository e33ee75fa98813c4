package io.chronik.bench.cases;

import io.chronik.bench.broker.Recipe;
import io.chronik.bench.load.Measured;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.CommandCodec;
import io.chronik.metadata.ImageSnapshot;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/// A million partitions (10,000 topics of 100, three replicas each on 30 nodes) in the metadata state machine: in a JVM
/// of its own, with a node's flags. The snapshot file here has the commands and their lengths; a node's own has batch
/// headers and checksums as well.
public final class MetadataSize {
    private static final int TOPICS = 10_000;
    private static final int PARTITIONS = 100;
    private static final int NODES = 30;
    private static final int CHANGES = 200_000;

    private MetadataSize() {}

    /// Starts the JVM and takes what it prints: a figure on each line, `name=value`.
    static Measured measure(Recipe recipe, Path work) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx4g",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                MetadataSize.class.getName(),
                work.resolve("metadata-snapshot").toString());
        Map<String, Double> figures = new LinkedHashMap<>();
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (var lines = process.inputReader()) {
                lines.lines()
                        .map(line -> line.split("=", -1))
                        .forEach(figure -> figures.put(figure[0], Double.parseDouble(figure[1])));
            }
            if (process.waitFor() != 0) throw new IllegalStateException("exit code " + process.exitValue());
            return new Measured(figures);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        // Compiled code, as in a node that has run for a while.
        for (int i = 0; i < 3; i++) load(save(created(commands(TOPICS / 20)), file));

        List<byte[]> log = commands(TOPICS);
        long before = usedBytes();
        long beginNs = System.nanoTime();
        ClusterImage image = created(log);
        print("applySeconds", secondsSince(beginNs));
        print("heapMb", (usedBytes() - before) / 1e6);

        beginNs = System.nanoTime();
        image = changed(image);
        print("changeMicros", secondsSince(beginNs) * 1e6 / CHANGES);

        beginNs = System.nanoTime();
        save(image, file);
        print("snapshotSeconds", secondsSince(beginNs));
        print("snapshotMb", Files.size(file) / 1e6);

        beginNs = System.nanoTime();
        ClusterImage loaded = load(file);
        print("loadSeconds", secondsSince(beginNs));
        if (!loaded.topicsByName().equals(image.topicsByName())
                || !loaded.nodes().equals(image.nodes()))
            throw new IllegalStateException("what was loaded is not what was saved");
        Files.delete(file);
    }

    private static void print(String name, double value) {
        System.out.println(name + "=" + value);
    }

    private static double secondsSince(long beginNs) {
        return (System.nanoTime() - beginNs) / 1e9;
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /// As they stand in the log.
    private static List<byte[]> commands(int topics) {
        Random random = new Random(11);
        List<byte[]> commands = new ArrayList<>();
        for (int id = 1; id <= NODES; id++) {
            commands.add(CommandCodec.encode(
                    new Command.AddNode(new NodeImage(id, id, uuid(random), List.of(), null, false))));
        }
        List<Integer> nodes = new ArrayList<>();
        for (int id = 1; id <= NODES; id++) nodes.add(id);
        for (int topic = 0; topic < topics; topic++) {
            List<PartitionImage> partitions = new ArrayList<>();
            for (int i = 0; i < PARTITIONS; i++) {
                Collections.shuffle(nodes, random);
                List<Integer> replicas = List.copyOf(nodes.subList(0, 3));
                partitions.add(PartitionImage.fresh(replicas, replicas));
            }
            commands.add(CommandCodec.encode(
                    new Command.CreateTopic("topic-" + topic, uuid(random), partitions, new TreeMap<>())));
        }
        return commands;
    }

    private static Uuid uuid(Random random) {
        return new Uuid(random.nextLong(), random.nextLong());
    }

    private static ClusterImage created(List<byte[]> log) {
        ClusterImage image = ClusterImage.EMPTY;
        for (byte[] command : log) image = image.apply(CommandCodec.decode(command));
        return image;
    }

    /// One change of an ISR each, anywhere.
    private static ClusterImage changed(ClusterImage image) {
        Random random = new Random(12);
        List<Uuid> ids = new ArrayList<>(image.topicsById().keySet());
        ids.sort(null);
        for (int i = 0; i < CHANGES; i++) {
            Uuid id = ids.get(random.nextInt(ids.size()));
            int partition = random.nextInt(PARTITIONS);
            PartitionImage now = image.topic(id).orElseThrow().partitions().get(partition);
            List<Integer> isr = now.isr().size() == 3 ? now.isr().subList(0, 2) : now.replicas();
            image = image.apply(new Command.UpdateIsr(id, partition, isr, now.leaderEpoch(), now.partitionEpoch() + 1));
        }
        return image;
    }

    private static Path save(ClusterImage image, Path file) throws IOException {
        try (FileOutputStream out = new FileOutputStream(file.toFile());
                DataOutputStream data = new DataOutputStream(new BufferedOutputStream(out, 1 << 20))) {
            ImageSnapshot.write(image, command -> {
                try {
                    byte[] bytes = CommandCodec.encode(command);
                    data.writeInt(bytes.length);
                    data.write(bytes);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            data.flush();
            out.getFD().sync();
        }
        return file;
    }

    private static ClusterImage load(Path file) throws IOException {
        ClusterImage image = ClusterImage.EMPTY;
        try (DataInputStream data = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            for (long left = Files.size(file); left > 0; ) {
                byte[] bytes = new byte[data.readInt()];
                data.readFully(bytes);
                image = image.apply(CommandCodec.decode(bytes));
                left -= Integer.BYTES + bytes.length;
            }
        }
        return image;
    }
}
