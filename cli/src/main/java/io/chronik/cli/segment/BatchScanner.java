package io.chronik.cli.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Walks through a segment file batch by batch and checks each as recovery would: length, magic, CRC, offsets in order.
/// Stops at the first thing that is wrong, because what follows cannot be told from noise.
///
/// baseOffset int64 | batchLength int32 | partitionLeaderEpoch int32 | magic int8 | ... ; batchLength counts what is
/// behind it.
public final class BatchScanner {
    /// What stands at a position of the file.
    public sealed interface Finding {
        long position();
    }

    /// An intact batch.
    public record Intact(long position, RecordBatch batch) implements Finding {}

    /// Not an intact batch. `reason` is a sentence for people.
    public record Damage(long position, String reason) implements Finding {}

    /// Only zero bytes from here to the end of the file: space allocated ahead.
    public record ZeroTail(long position, long sizeBytes) implements Finding {}

    private static final int LENGTH_AT = 8;
    private static final int PREFIX_BYTES = 12;
    private static final int MAGIC_AT = 16;
    private static final int SMALLEST_BATCH_BYTES = 61;
    private static final int LARGEST_READ_BYTES = 8 << 20;

    private final FileChannel file;
    private final long fileSize;
    private long position;
    private long nextOffset;
    private int leaderEpoch = RecordBatch.NO_PARTITION_LEADER_EPOCH;
    private boolean stopped;

    /// `baseOffset` is the lowest offset that may be in the file: what its name says.
    public BatchScanner(FileChannel file, long baseOffset) throws IOException {
        this.file = file;
        this.fileSize = file.size();
        this.nextOffset = baseOffset;
    }

    /// The next finding, or empty at the end of the file or behind the first finding that is not an intact batch.
    public Optional<Finding> next() throws IOException {
        if (stopped || position == fileSize) {
            return Optional.empty();
        }
        Finding finding = read();
        switch (finding) {
            case Intact(long at, RecordBatch batch) -> {
                position = at + batch.sizeInBytes();
                nextOffset = batch.nextOffset();
                leaderEpoch = batch.partitionLeaderEpoch();
            }
            case Damage _, ZeroTail _ -> stopped = true;
        }
        return Optional.of(finding);
    }

    private Finding read() throws IOException {
        long left = fileSize - position;
        ByteBuffer header = bytes(position, (int) Math.min(SMALLEST_BATCH_BYTES, left));
        if (isZero(header) && restIsZero()) {
            return new ZeroTail(position, left);
        }
        if (left < SMALLEST_BATCH_BYTES) {
            return damage("only " + left + " bytes left, less than a batch's header");
        }
        byte magic = header.get(MAGIC_AT);
        if (magic != RecordBatch.MAGIC_VALUE_V2) {
            return damage("magic is " + magic + ", not 2");
        }
        long size = (long) header.getInt(LENGTH_AT) + PREFIX_BYTES;
        if (size < SMALLEST_BATCH_BYTES) {
            return damage("batch length " + (size - PREFIX_BYTES) + " is too small");
        }
        if (size > left || size > Integer.MAX_VALUE) {
            return damage("the batch has " + size + " bytes, the file only " + left + " more");
        }
        return check(MemoryRecords.readableRecords(batchBytes(size))
                .batches()
                .iterator()
                .next());
    }

    private Finding check(RecordBatch batch) {
        if (!batch.isValid()) {
            return damage("CRC does not match the content of the batch with base offset " + batch.baseOffset());
        }
        if (batch.baseOffset() < nextOffset) {
            return damage(
                    "base offset " + batch.baseOffset() + " is below " + nextOffset + ", the offset expected next");
        }
        if (batch.partitionLeaderEpoch() < leaderEpoch) {
            return damage("leader epoch " + batch.partitionLeaderEpoch() + " comes after epoch " + leaderEpoch);
        }
        if (batch.lastOffset() < batch.baseOffset()) {
            return damage("last offset " + batch.lastOffset() + " is below base offset " + batch.baseOffset());
        }
        return new Intact(position, batch);
    }

    private Damage damage(String reason) {
        return new Damage(position, reason);
    }

    /// A damaged length can claim a gigabyte: large ones are mapped and not read into the heap.
    private ByteBuffer batchBytes(long size) throws IOException {
        return size <= LARGEST_READ_BYTES
                ? bytes(position, (int) size)
                : file.map(FileChannel.MapMode.READ_ONLY, position, size);
    }

    private boolean restIsZero() throws IOException {
        for (long at = position; at < fileSize; at += 1 << 20) {
            if (!isZero(bytes(at, (int) Math.min(1 << 20, fileSize - at)))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(ByteBuffer bytes) {
        for (int i = 0; i < bytes.limit(); i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private ByteBuffer bytes(long at, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, at + bytes.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return bytes.flip();
    }
}
