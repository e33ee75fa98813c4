package io.chronik.server.metadata;

import io.chronik.metadata.Command;
import io.chronik.metadata.CommandCodec;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.server.common.serialization.RecordSerde;

/// A command with its bytes, so that it is encoded once however often the library asks for its size.
final class RaftEntry {
    private final Command command;
    private final byte[] bytes;

    private RaftEntry(Command command, byte[] bytes) {
        this.command = command;
        this.bytes = bytes;
    }

    static RaftEntry of(Command command) {
        return new RaftEntry(command, CommandCodec.encode(command));
    }

    Command command() {
        return command;
    }

    int sizeBytes() {
        return bytes.length;
    }

    /// Each record of the log is one command's bytes, nothing around them.
    static final class Serde implements RecordSerde<RaftEntry> {
        @Override
        public int recordSize(RaftEntry entry, ObjectSerializationCache cache) {
            return entry.sizeBytes();
        }

        @Override
        public void write(RaftEntry entry, ObjectSerializationCache cache, Writable out) {
            out.writeByteArray(entry.bytes);
        }

        @Override
        public RaftEntry read(Readable in, int size) {
            byte[] bytes = in.readArray(size);
            return new RaftEntry(CommandCodec.decode(bytes), bytes);
        }
    }
}
