package io.chronik.it.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;

/// The batches of one replica as they are on the disk of a node that does not run.
record ReplicaLog(int node, int partition, List<Batch> batches) {
    /// What must be the same on all replicas. `crc` is of the batch's content, which has no leader epoch.
    record Batch(
            long baseOffset,
            long lastOffset,
            int epoch,
            long crc,
            long producerId,
            short producerEpoch,
            int baseSequence) {}

    private static final int LENGTH_AT = 8;
    private static final int LOG_OVERHEAD = 12;

    ReplicaLog {
        batches = List.copyOf(batches);
    }

    /// Reads the segments of a partition in its directory, in the order of their offsets.
    static ReplicaLog read(int node, int partition, Path directory) {
        List<Batch> batches = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                read(ByteBuffer.wrap(Files.readAllBytes(file)), batches);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ReplicaLog(node, partition, batches);
    }

    /// Up to the first bytes that are no whole batch: space allocated ahead, or a torn end.
    private static void read(ByteBuffer segment, List<Batch> batches) {
        while (segment.remaining() > LOG_OVERHEAD) {
            int size = segment.getInt(segment.position() + LENGTH_AT) + LOG_OVERHEAD;
            if (size == LOG_OVERHEAD || size < 0 || size > segment.remaining()) {
                return;
            }
            MutableRecordBatch batch = MemoryRecords.readableRecords(segment.slice(segment.position(), size))
                    .batches()
                    .iterator()
                    .next();
            if (!batch.isValid()) {
                return;
            }
            batches.add(new Batch(
                    batch.baseOffset(),
                    batch.lastOffset(),
                    batch.partitionLeaderEpoch(),
                    batch.checksum(),
                    batch.producerId(),
                    batch.producerEpoch(),
                    batch.baseSequence()));
            segment.position(segment.position() + size);
        }
    }
}
