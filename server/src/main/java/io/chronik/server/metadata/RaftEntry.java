package io.chronik.server.metadata;

import io.chronik.metadata.Command;
import io.chronik.metadata.CommandCodec;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.server.common.serialization.RecordSerde;
import org.jspecify.annotations.Nullable;

/// A command and its bytes. It is encoded once, however often the library asks for its size, and decoded when somebody
/// wants to know it: at a start the library reads the log once more than we do, for Raft's own records only.
final class RaftEntry {
    private @Nullable Command command;
    private final byte[] bytes;

    private RaftEntry(@Nullable Command command, byte[] bytes) {
        this.command = command;
        this.bytes = bytes;
    }

    static RaftEntry of(Command command) {
        return new RaftEntry(command, CommandCodec.encode(command));
    }

    Command command() {
        Command known = command;
        if (known == null) command = known = CommandCodec.decode(bytes);
        return known;
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
            return new RaftEntry(null, in.readArray(size));
        }
    }
}
