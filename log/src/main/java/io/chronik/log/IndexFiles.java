package io.chronik.log;

import io.chronik.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// Reads and writes `.index` and `.timeindex` files. They are never synced: a seal in the checkpoint tells whether
/// a file is what was written, and a wrong one is rebuilt from the segment.
record IndexFiles(Disk disk, PartitionDirectory directory) {
    static final String CLEANED_SUFFIX = ".cleaned";
    private static final String CLEANED_INDEX_SUFFIX = PartitionDirectory.INDEX_SUFFIX + CLEANED_SUFFIX;
    private static final String CLEANED_TIME_INDEX_SUFFIX = PartitionDirectory.TIME_INDEX_SUFFIX + CLEANED_SUFFIX;

    void write(long baseOffset, SegmentIndex index, SegmentIndex.Seal seal) throws IOException {
        write(path(baseOffset, PartitionDirectory.INDEX_SUFFIX), index.offsetBytes(seal.offsetEntries()));
        write(path(baseOffset, PartitionDirectory.TIME_INDEX_SUFFIX), index.timeBytes(seal.timeEntries()));
    }

    /// Beside the files of the segment that is going to be replaced.
    void writeCleaned(long baseOffset, SegmentIndex index, SegmentIndex.Seal seal) throws IOException {
        write(path(baseOffset, CLEANED_INDEX_SUFFIX), index.offsetBytes(seal.offsetEntries()));
        write(path(baseOffset, CLEANED_TIME_INDEX_SUFFIX), index.timeBytes(seal.timeEntries()));
    }

    /// Takes what [#writeCleaned] wrote, when it is there.
    void takeCleaned(long baseOffset) throws IOException {
        take(path(baseOffset, CLEANED_INDEX_SUFFIX), path(baseOffset, PartitionDirectory.INDEX_SUFFIX));
        take(path(baseOffset, CLEANED_TIME_INDEX_SUFFIX), path(baseOffset, PartitionDirectory.TIME_INDEX_SUFFIX));
    }

    private void take(Path cleaned, Path target) throws IOException {
        if (disk.exists(cleaned)) disk.rename(cleaned, target);
    }

    /// An empty index needs no file, and none that is there is read.
    private void write(Path path, ByteBuffer content) throws IOException {
        if (!content.hasRemaining()) return;
        try (DiskFile file = disk.open(path, true)) {
            int size = content.remaining();
            file.write(content, 0);
            if (file.size() > size) file.truncate(size);
        }
    }

    /// What was written when `seal` was made; empty when the files are missing or hold something else.
    Optional<SegmentIndex> read(long baseOffset, SegmentIndex.Seal seal) throws IOException {
        Optional<ByteBuffer> offsets = read(
                path(baseOffset, PartitionDirectory.INDEX_SUFFIX),
                seal.offsetEntries() * OffsetIndex.ENTRY_BYTES,
                seal.offsetCrc());
        Optional<ByteBuffer> times = read(
                path(baseOffset, PartitionDirectory.TIME_INDEX_SUFFIX),
                seal.timeEntries() * TimeIndex.ENTRY_BYTES,
                seal.timeCrc());
        if (offsets.isEmpty() || times.isEmpty()) return Optional.empty();
        return Optional.of(new SegmentIndex(
                OffsetIndex.read(baseOffset, offsets.get(), seal.offsetEntries()),
                TimeIndex.read(baseOffset, times.get(), seal.timeEntries())));
    }

    private Optional<ByteBuffer> read(Path path, int sizeBytes, int crc) throws IOException {
        if (sizeBytes == 0) return Optional.of(ByteBuffer.allocate(0));
        try (DiskFile file = disk.open(path, false)) {
            ByteBuffer bytes = ByteBuffer.allocate(sizeBytes);
            if (file.size() < sizeBytes || file.read(bytes, 0) < sizeBytes) return Optional.empty();
            bytes.flip();
            return BatchHeader.checksum(bytes, 0, sizeBytes) == crc ? Optional.of(bytes) : Optional.empty();
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        }
    }

    private Path path(long baseOffset, String suffix) {
        return directory.file(baseOffset, suffix);
    }
}
