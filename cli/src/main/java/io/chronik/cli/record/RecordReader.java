package io.chronik.cli.record;

import io.chronik.cli.output.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads one record per line of bytes, without the line feed; any other byte stays as it is. The last line need not
/// end in a line feed.
final class RecordReader {
    /// A record to be: a null value is a tombstone.
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way to the producer, never compared
    record Line(byte @Nullable [] key, byte @Nullable [] value) {}

    /// How a line becomes key and value. An empty `keyDelimiter` means that lines have no key and `fixedKey` is used.
    @SuppressWarnings("ArrayRecordComponent") // constants of one command
    record Syntax(byte[] keyDelimiter, byte @Nullable [] fixedKey, boolean emptyIsNull) {}

    private final InputStream in;
    private final Syntax syntax;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    private final byte[] chunk = new byte[64 * 1024];
    private int position;
    private int limit;
    private long lineNumber;

    RecordReader(InputStream in, Syntax syntax) {
        this.in = in;
        this.syntax = syntax;
    }

    /// The next record, or empty at the end of the input. A line without the key delimiter is a `Failure`.
    Optional<Line> next() throws IOException {
        line.reset();
        boolean terminated = readLine();
        if (!terminated && line.size() == 0) {
            return Optional.empty();
        }
        lineNumber++;
        return Optional.of(split(line.toByteArray()));
    }

    /// Gives whether the line ended in a line feed.
    private boolean readLine() throws IOException {
        while (true) {
            for (int i = position; i < limit; i++) {
                if (chunk[i] == '\n') {
                    line.write(chunk, position, i - position);
                    position = i + 1;
                    return true;
                }
            }
            line.write(chunk, position, limit - position);
            position = 0;
            limit = Math.max(0, in.read(chunk));
            if (limit == 0) {
                return false;
            }
        }
    }

    private Line split(byte[] bytes) {
        int length = syntax.keyDelimiter.length;
        if (length == 0) {
            return new Line(syntax.fixedKey, value(bytes));
        }
        int at = indexOf(bytes, syntax.keyDelimiter);
        if (at < 0) {
            throw new Failure("line " + lineNumber + " has no key delimiter");
        }
        return new Line(Arrays.copyOf(bytes, at), value(Arrays.copyOfRange(bytes, at + length, bytes.length)));
    }

    private byte @Nullable [] value(byte[] bytes) {
        return bytes.length == 0 && syntax.emptyIsNull ? null : bytes;
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i + part.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }
}
