package io.chronik.server.metadata;

import io.chronik.log.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.raft.ElectionState;
import org.apache.kafka.raft.QuorumStateStore;
import org.apache.kafka.raft.generated.QuorumStateData;
import org.apache.kafka.server.common.KRaftVersion;

/// The epoch this node is in and whom it voted for there: on disk, whole, before the vote is answered.
///
///     crc32c int32 | version int16 | QuorumStateData, Kafka's message of that version
///     crc32c: of everything behind it.
///
/// The library's own store writes the same as JSON; reading that takes a JSON library which nothing else on the way to
/// the first answer needs.
record QuorumStateFile(Disk disk, Path path) implements QuorumStateStore {
    private static final int CRC_SIZE_BYTES = Integer.BYTES;
    private static final int HEADER_SIZE_BYTES = CRC_SIZE_BYTES + Short.BYTES;

    @Override
    public Optional<ElectionState> readElectionState() {
        try {
            if (!disk.exists(path)) return Optional.empty();
            try (Disk.DiskFile file = disk.open(path, false)) {
                ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
                var _ = file.read(content, 0);
                return Optional.of(read(content.flip()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + path, e);
        }
    }

    private ElectionState read(ByteBuffer file) throws IOException {
        if (file.remaining() < HEADER_SIZE_BYTES || file.getInt() != crc(file)) {
            throw new IOException(path + " is damaged: this node may have voted in its present epoch, so it can't vote"
                    + " again; restore the file from a backup");
        }
        short version = file.getShort();
        if (version < QuorumStateData.LOWEST_SUPPORTED_VERSION || version > QuorumStateData.HIGHEST_SUPPORTED_VERSION) {
            throw new IOException(path + " has version " + version + ", which this version of Chronik does not know");
        }
        return ElectionState.fromQuorumStateData(new QuorumStateData(new ByteBufferAccessor(file), version));
    }

    @Override
    public void writeElectionState(ElectionState latest, KRaftVersion kraftVersion) {
        short version = kraftVersion.quorumStateVersion();
        ByteBuffer message = MessageUtil.toByteBufferAccessor(latest.toQuorumStateData(version), version)
                .buffer();
        ByteBuffer file = ByteBuffer.allocate(HEADER_SIZE_BYTES + message.remaining());
        file.position(CRC_SIZE_BYTES).putShort(version).put(message).position(CRC_SIZE_BYTES);
        file.putInt(0, crc(file));
        try {
            replace(file.rewind());
        } catch (IOException e) {
            throw new UncheckedIOException("can't write " + path, e);
        }
    }

    @Override
    public void clear() {
        try {
            disk.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException("can't delete " + path, e);
        }
    }

    private void replace(ByteBuffer content) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
        disk.delete(temporary);
        try (Disk.DiskFile file = disk.open(temporary, true)) {
            file.write(content, 0);
            file.sync();
        }
        disk.rename(temporary, path);
        disk.syncDirectory(path.resolveSibling(""));
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
