package io.chronik.log;

import java.nio.ByteBuffer;

/// The two sparse indexes of one segment, and their files: `<base>.index` and `<base>.timeindex`. Both can be
/// rebuilt from the segment; a [Seal] kept elsewhere tells whether a file is what was written.
record SegmentIndex(OffsetIndex offsets, TimeIndex times) {
    /// How many entries the files hold, and their CRC-32C.
    record Seal(int offsetEntries, int offsetCrc, int timeEntries, int timeCrc) {}

    SegmentIndex(long baseOffset) {
        this(new OffsetIndex(baseOffset), new TimeIndex(baseOffset));
    }

    long sizeBytes() {
        return (long) offsets.sizeBytes() + times.sizeBytes();
    }

    /// The entries of batches before `position`, all of which are below `endOffset`.
    SegmentIndex before(int position, long endOffset) {
        return new SegmentIndex(offsets.before(position), times.before(endOffset));
    }

    /// A seal of what is indexed now.
    Seal seal() {
        int offsetEntries = offsets.count();
        int timeEntries = times.count();
        ByteBuffer offsetBytes = offsetBytes(offsetEntries);
        ByteBuffer timeBytes = timeBytes(timeEntries);
        return new Seal(
                offsetEntries,
                BatchHeader.checksum(offsetBytes, 0, offsetBytes.limit()),
                timeEntries,
                BatchHeader.checksum(timeBytes, 0, timeBytes.limit()));
    }

    ByteBuffer offsetBytes(int entries) {
        ByteBuffer bytes = ByteBuffer.allocate(entries * OffsetIndex.ENTRY_BYTES);
        offsets.writeTo(bytes, entries);
        return bytes.flip();
    }

    ByteBuffer timeBytes(int entries) {
        ByteBuffer bytes = ByteBuffer.allocate(entries * TimeIndex.ENTRY_BYTES);
        times.writeTo(bytes, entries);
        return bytes.flip();
    }
}
