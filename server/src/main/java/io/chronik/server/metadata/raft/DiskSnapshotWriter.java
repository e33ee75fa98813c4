package io.chronik.server.metadata.raft;

import io.chronik.log.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.UnalignedMemoryRecords;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.snapshot.RawSnapshotWriter;

/// A snapshot that is being written, by one thread: in a file beside its place until it is whole and durable.
final class DiskSnapshotWriter implements RawSnapshotWriter {
    private final Disk disk;
    private final OffsetAndEpoch id;
    private final Path target;
    private final Disk.DiskFile part;
    private final Runnable onFrozen;
    private long sizeBytes;
    private boolean frozen;
    private boolean closed;

    private DiskSnapshotWriter(Disk disk, Disk.DiskFile part, Path target, OffsetAndEpoch id, Runnable onFrozen) {
        this.disk = disk;
        this.part = part;
        this.target = target;
        this.id = id;
        this.onFrozen = onFrozen;
    }

    /// Into `part`, which becomes `target`.
    static DiskSnapshotWriter create(Disk disk, Path part, Path target, OffsetAndEpoch id, Runnable onFrozen)
            throws IOException {
        return new DiskSnapshotWriter(disk, disk.open(part, true), target, id, onFrozen);
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
    public void append(MemoryRecords records) {
        append(records.buffer());
    }

    @Override
    public void append(UnalignedMemoryRecords records) {
        append(records.buffer().duplicate());
    }

    private void append(ByteBuffer bytes) {
        checkNotFrozen();
        int size = bytes.remaining();
        try {
            part.write(bytes, sizeBytes);
        } catch (IOException e) {
            throw new UncheckedIOException("can't write snapshot " + part.path(), e);
        }
        sizeBytes += size;
    }

    @Override
    public boolean isFrozen() {
        return frozen;
    }

    /// The snapshot is durable, name included, before anybody sees it: what it replaces may then be deleted.
    @Override
    public void freeze() {
        checkNotFrozen();
        try {
            part.sync();
            closeFile();
            disk.rename(part.path(), target);
            disk.syncDirectory(target.resolveSibling(""));
        } catch (IOException e) {
            throw new UncheckedIOException("can't complete snapshot " + target, e);
        }
        frozen = true;
        onFrozen.run();
    }

    private void checkNotFrozen() {
        if (frozen) throw new IllegalStateException("snapshot " + target + " is complete");
    }

    @Override
    public void close() {
        try {
            closeFile();
            if (!frozen) disk.delete(part.path());
        } catch (IOException e) {
            throw new UncheckedIOException("can't close snapshot " + part.path(), e);
        }
    }

    private void closeFile() throws IOException {
        if (closed) return;
        closed = true;
        part.close();
    }
}
