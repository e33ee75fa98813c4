package io.chronik.log;

import io.chronik.log.ProducerEntry.Batch;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The producer states as they were at `offset`, in a file that recovery starts from.
///
///     crc int32 | version int16 | offset int64 | count int32
///     | (producerId int64 | epoch int16 | updatedMs int64 | batchCount int8
///       | (firstSequence int32 | lastSequence int32 | baseOffset int64 | lastOffset int64 | timestamp int64)*)*
record ProducerSnapshot(long offset, List<ProducerEntry> entries) {
    static final String FILE = "producers.snapshot";
    private static final short VERSION = 1;
    private static final int HEAD_BYTES = Integer.BYTES + Short.BYTES + Long.BYTES + Integer.BYTES;
    private static final int ENTRY_BYTES = Long.BYTES + Short.BYTES + Long.BYTES + Byte.BYTES;
    private static final int BATCH_BYTES = 2 * Integer.BYTES + 3 * Long.BYTES;

    ProducerSnapshot {
        entries = List.copyOf(entries);
    }

    void write(Disk disk, PartitionDirectory directory, CheckpointFile.Sync sync) throws IOException {
        int batchCount =
                entries.stream().mapToInt(entry -> entry.batches().size()).sum();
        ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES + entries.size() * ENTRY_BYTES + batchCount * BATCH_BYTES);
        bytes.putInt(0).putShort(VERSION).putLong(offset).putInt(entries.size());
        for (ProducerEntry entry : entries) write(entry, bytes);
        bytes.flip();
        bytes.putInt(0, BatchHeader.checksum(bytes, Integer.BYTES, bytes.limit()));
        CheckpointFile.replace(disk, directory.file(FILE), bytes, sync);
    }

    private static void write(ProducerEntry entry, ByteBuffer bytes) {
        bytes.putLong(entry.producerId()).putShort(entry.epoch()).putLong(entry.updatedMs());
        bytes.put((byte) entry.batches().size());
        for (Batch batch : entry.batches()) {
            bytes.putInt(batch.firstSequence()).putInt(batch.lastSequence());
            bytes.putLong(batch.baseOffset()).putLong(batch.lastOffset()).putLong(batch.timestampMs());
        }
    }

    /// Empty when it is missing or not as it was written.
    static Optional<ProducerSnapshot> read(Disk disk, PartitionDirectory directory) throws IOException {
        Optional<ByteBuffer> read = CheckpointFile.readAll(disk, directory.file(FILE));
        if (read.isEmpty() || read.get().limit() < HEAD_BYTES) return Optional.empty();
        ByteBuffer bytes = read.get();
        if (bytes.getInt() != BatchHeader.checksum(bytes, Integer.BYTES, bytes.limit())) return Optional.empty();
        if (bytes.getShort() != VERSION) return Optional.empty();
        try {
            long offset = bytes.getLong();
            int count = bytes.getInt();
            List<ProducerEntry> entries = new ArrayList<>();
            for (int i = 0; i < count; i++) entries.add(readEntry(bytes));
            return Optional.of(new ProducerSnapshot(offset, entries));
        } catch (BufferUnderflowException cut) {
            return Optional.empty();
        }
    }

    private static ProducerEntry readEntry(ByteBuffer bytes) {
        long producerId = bytes.getLong();
        short epoch = bytes.getShort();
        long updatedMs = bytes.getLong();
        int batchCount = bytes.get();
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < batchCount; i++) {
            batches.add(new Batch(bytes.getInt(), bytes.getInt(), bytes.getLong(), bytes.getLong(), bytes.getLong()));
        }
        return new ProducerEntry(producerId, epoch, updatedMs, batches);
    }
}
