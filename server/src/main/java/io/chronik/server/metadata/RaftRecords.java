package io.chronik.server.metadata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchSnapshotResponseData;
import org.apache.kafka.common.network.TransferableChannel;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.TransferableRecords;
import org.apache.kafka.common.record.internal.UnalignedMemoryRecords;
import org.jspecify.annotations.Nullable;

/// The records in answers of Raft: new metadata or a piece of a snapshot, never much.
public final class RaftRecords {
    private RaftRecords() {}

    /// `answer` with records that are in memory, wherever the log has them.
    static ApiMessage inMemory(ApiMessage answer) {
        return replaced(answer, RaftRecords::read);
    }

    /// `answer` with records of its own: it may outlive the buffer that it was received in.
    public static ApiMessage copied(ApiMessage answer) {
        return replaced(
                answer,
                records -> MemoryRecords.readableRecords(copy(read(records).buffer())));
    }

    private static ApiMessage replaced(ApiMessage answer, UnaryOperator<BaseRecords> change) {
        switch (answer) {
            case FetchResponseData fetch ->
                fetch.responses()
                        .forEach(topic -> topic.partitions()
                                .forEach(partition -> partition.setRecords(replaced(partition.records(), change))));
            case FetchSnapshotResponseData fetch ->
                fetch.topics()
                        .forEach(topic -> topic.partitions()
                                .forEach(partition ->
                                        partition.setUnalignedRecords(replaced(partition.unalignedRecords(), change))));
            default -> {}
        }
        return answer;
    }

    private static @Nullable BaseRecords replaced(@Nullable BaseRecords records, UnaryOperator<BaseRecords> change) {
        return records == null ? null : change.apply(records);
    }

    private static MemoryRecords read(BaseRecords records) {
        return switch (records) {
            case MemoryRecords memory -> memory;
            case UnalignedMemoryRecords memory -> MemoryRecords.readableRecords(memory.buffer());
            case TransferableRecords elsewhere -> readAll(elsewhere);
            default -> throw new IllegalArgumentException("can't read " + records.getClass());
        };
    }

    private static MemoryRecords readAll(TransferableRecords records) {
        Sink sink = new Sink(ByteBuffer.allocate(records.sizeInBytes()));
        try {
            while (sink.buffer.hasRemaining()) {
                int position = sink.buffer.position();
                if (records.writeTo(sink, position, sink.buffer.remaining()) <= 0) throw new IOException("cut short");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the metadata log", e);
        }
        return MemoryRecords.readableRecords(sink.buffer.flip());
    }

    private static ByteBuffer copy(ByteBuffer buffer) {
        return ByteBuffer.allocate(buffer.remaining()).put(buffer.duplicate()).flip();
    }

    /// Takes what would go to a socket.
    private record Sink(ByteBuffer buffer) implements TransferableChannel {
        @Override
        public boolean hasPendingWrites() {
            return false;
        }

        @Override
        public long transferFrom(FileChannel file, long position, long count) throws IOException {
            ByteBuffer part = buffer.slice(buffer.position(), (int) Math.min(count, buffer.remaining()));
            int read = file.read(part, position);
            if (read > 0) buffer.position(buffer.position() + read);
            return read;
        }

        @Override
        public int write(ByteBuffer source) {
            int size = Math.min(source.remaining(), buffer.remaining());
            buffer.put(source.slice(source.position(), size));
            source.position(source.position() + size);
            return size;
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            long written = 0;
            for (int i = offset; i < offset + length; i++) written += write(sources[i]);
            return written;
        }

        @Override
        public long write(ByteBuffer[] sources) {
            return write(sources, 0, sources.length);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
