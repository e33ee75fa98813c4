package io.chronik.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A small text file that is replaced as a whole: lines, and a last line `crc <CRC-32C of the lines, hexadecimal>`.
/// It is read as written or not at all.
record CheckpointFile(Disk disk, Path path) {
    private static final String CRC = "crc ";

    /// Whether the content must be on disk before it replaces the old one.
    enum Sync {
        BEFORE_RENAME,
        LATER
    }

    /// Replaces the content. The new name is durable after a sync of the directory only.
    void write(List<String> lines, Sync sync) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line : lines) text.append(line).append('\n');
        ByteBuffer body = StandardCharsets.UTF_8.encode(text.toString());
        int crc = BatchHeader.checksum(body, 0, body.limit());
        text.append(CRC).append(Integer.toHexString(crc)).append('\n');
        replace(StandardCharsets.UTF_8.encode(text.toString()), sync);
    }

    private void replace(ByteBuffer content, Sync sync) throws IOException {
        replace(disk, path, content, sync);
    }

    /// Writes `content` beside `path` and renames it over it.
    static void replace(Disk disk, Path path, ByteBuffer content, Sync sync) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
        disk.delete(temporary);
        try (Disk.DiskFile file = disk.open(temporary, true)) {
            file.write(content, 0);
            if (sync == Sync.BEFORE_RENAME) FailedSync.check(file::sync);
        }
        disk.rename(temporary, path);
    }

    void sync() throws IOException {
        try (Disk.DiskFile file = disk.open(path, false)) {
            FailedSync.check(file::sync);
        }
    }

    /// The lines without the last one; empty when the file is missing or not as it was written.
    Optional<List<String>> read() throws IOException {
        Optional<ByteBuffer> bytes = readAll(disk, path);
        if (bytes.isEmpty()) return Optional.empty();
        String text = StandardCharsets.UTF_8.decode(bytes.get()).toString();
        int crcAt = text.startsWith(CRC) ? 0 : text.lastIndexOf("\n" + CRC) + 1;
        if (!text.startsWith(CRC, crcAt) || !text.endsWith("\n")) return Optional.empty();
        ByteBuffer body = StandardCharsets.UTF_8.encode(text.substring(0, crcAt));
        String expected = CRC + Integer.toHexString(BatchHeader.checksum(body, 0, body.limit())) + "\n";
        if (!text.substring(crcAt).equals(expected)) return Optional.empty();
        return Optional.of(new ArrayList<>(text.substring(0, crcAt).lines().toList()));
    }

    /// The whole file, which is small; empty when it is missing.
    static Optional<ByteBuffer> readAll(Disk disk, Path path) throws IOException {
        try (Disk.DiskFile file = disk.open(path, false)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.read(bytes, 0);
            return Optional.of(bytes.flip());
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        }
    }
}
