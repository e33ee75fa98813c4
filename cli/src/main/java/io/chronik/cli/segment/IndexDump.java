package io.chronik.cli.segment;

import io.chronik.cli.output.Output;
import io.chronik.cli.output.Table;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Prints the sparse indexes of a segment, in Kafka's formats:
///
///     .index       relativeOffset int32 | position int32
///     .timeindex   timestamp int64 | relativeOffset int32
///
/// Offsets are relative to the base offset in the file's name. Zero entries at the end were allocated ahead.
final class IndexDump {
    private record Position(long offset, int position) {}

    private record Time(long timestamp, long offset) {}

    private IndexDump() {}

    /// Gives whether the entries ascend and the file ends with a whole one.
    static boolean ofOffsets(Path file, Output output) throws IOException {
        long baseOffset = SegmentName.baseOffset(file);
        ByteBuffer bytes = entries(file, 2 * Integer.BYTES);
        List<Position> entries = new ArrayList<>();
        Table table = new Table("OFFSET", "POSITION");
        boolean ascending = true;
        long last = Long.MIN_VALUE;
        while (bytes.remaining() >= 2 * Integer.BYTES) {
            Position entry = new Position(baseOffset + bytes.getInt(), bytes.getInt());
            ascending &= entry.offset > last;
            last = entry.offset;
            entries.add(entry);
            table.row(entry.offset, entry.position);
        }
        return show(file, output, table, entries, ascending && !bytes.hasRemaining());
    }

    /// As `ofOffsets`, for timestamps.
    static boolean ofTimes(Path file, Output output) throws IOException {
        long baseOffset = SegmentName.baseOffset(file);
        ByteBuffer bytes = entries(file, Long.BYTES + Integer.BYTES);
        List<Time> entries = new ArrayList<>();
        Table table = new Table("TIMESTAMP", "OFFSET");
        boolean ascending = true;
        long last = Long.MIN_VALUE;
        while (bytes.remaining() >= Long.BYTES + Integer.BYTES) {
            Time entry = new Time(bytes.getLong(), baseOffset + bytes.getInt());
            ascending &= entry.timestamp > last;
            last = entry.timestamp;
            entries.add(entry);
            table.row(entry.timestamp, entry.offset);
        }
        return show(file, output, table, entries, ascending && !bytes.hasRemaining());
    }

    private static boolean show(Path file, Output output, Table table, List<? extends Record> entries, boolean intact) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("file", file);
        result.put("entries", entries);
        result.put("intact", intact);
        output.show(result, table::print);
        if (!intact) {
            output.err()
                    .println("chronik: " + file + ": entries do not ascend, or the last one is cut;"
                            + " the node rebuilds the index when it starts");
        }
        return intact;
    }

    private static ByteBuffer entries(Path file, int entryBytes) throws IOException {
        byte[] all = Files.readAllBytes(file);
        int end = all.length;
        while (end >= 2 * entryBytes && isZero(all, end - entryBytes, end)) {
            end -= entryBytes;
        }
        return ByteBuffer.wrap(all, 0, end);
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
