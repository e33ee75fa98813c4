package io.chronik.server.metadata.raft;

import io.chronik.log.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.record.internal.UnalignedMemoryRecords;
import org.apache.kafka.common.record.internal.UnalignedRecords;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.snapshot.RawSnapshotReader;
import org.jspecify.annotations.Nullable;

/// A complete snapshot. It does not change, so any thread may read it.
final class DiskSnapshotReader implements RawSnapshotReader, AutoCloseable {
    private final OffsetAndEpoch id;
    private final Disk.DiskFile file;
    private final long sizeBytes;

    /// For the library, which reads a file of its own kind piece by piece.
    private @Nullable FileRecords records;

    private DiskSnapshotReader(OffsetAndEpoch id, Disk.DiskFile file, long sizeBytes) {
        this.id = id;
        this.file = file;
        this.sizeBytes = sizeBytes;
    }

    static DiskSnapshotReader open(Disk disk, Path path, OffsetAndEpoch id) throws IOException {
        Disk.DiskFile file = disk.openToRead(path);
        return new DiskSnapshotReader(id, file, file.size());
    }

    @Override
    public OffsetAndEpoch snapshotId() {
        return id;
    }

    @Override
    public long sizeInBytes() {
        return sizeBytes;
    }

    @Override
    public UnalignedRecords slice(long position, int size) {
        return new UnalignedMemoryRecords(read(position, size));
    }

    private ByteBuffer read(long position, int size) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.clamp(sizeBytes - position, 0, size));
        try {
            if (file.read(bytes, position) < bytes.capacity()) throw new IOException("it has become shorter");
        } catch (IOException e) {
            throw new UncheckedIOException("can't read snapshot " + file.path(), e);
        }
        return bytes.flip();
    }

    @Override
    public synchronized Records records() {
        if (file.channel().isEmpty()) {
            return MemoryRecords.readableRecords(read(0, Math.toIntExact(sizeBytes)));
        }
        FileRecords opened = records;
        if (opened == null) {
            try {
                opened = FileRecords.open(file.path().toFile(), false);
            } catch (IOException e) {
                throw new UncheckedIOException("can't read snapshot " + file.path(), e);
            }
            records = opened;
        }
        return opened;
    }

    @Override
    public synchronized void close() throws IOException {
        if (records != null) records.close();
        file.close();
    }
}
