package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The files of replicas on the disks of nodes.
final class ReplicaFiles {
    private ReplicaFiles() {}

    /// The records of a partition as they are on disk, without space allocated ahead.
    static byte[] records(Path directory) {
        List<byte[]> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                segments.add(withoutZeros(Files.readAllBytes(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int size = segments.stream().mapToInt(bytes -> bytes.length).sum();
        byte[] all = new byte[size];
        int at = 0;
        for (byte[] bytes : segments) {
            System.arraycopy(bytes, 0, all, at, bytes.length);
            at += bytes.length;
        }
        return all;
    }

    /// Batches end with a record's count of headers, which may be zero too, so both copies lose the same few bytes.
    private static byte[] withoutZeros(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }

    /// All nodes have the very same bytes of the partition.
    static void assertIdentical(ClusterProcess cluster, String topic, int partition, List<Integer> nodes) {
        byte[] first = records(cluster.partitionDirectory(nodes.getFirst(), topic, partition));
        assertThat(first).isNotEmpty();
        for (int node : nodes.subList(1, nodes.size())) {
            assertThat(records(cluster.partitionDirectory(node, topic, partition)))
                    .as("%s-%d on node %d", topic, partition, node)
                    .isEqualTo(first);
        }
    }
}
