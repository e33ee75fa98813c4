package io.chronik.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;

/// One round in the [CommitJournal], as it is on disk: whole pages, big-endian.
///
///     magic 8 | session 8 | sequence 8 | bytes 4 | parts 4 | crc32c 4    the checksum is of all the other bytes
///     needed from 8
///     topic id 16 | partition 4 | segment 8 | position 4 | bytes 4       for each part
///     the parts' bytes, one after the other
///
/// `session` is a random number of the process; `sequence` grows by one from round to round, also from process to
/// process. `needed from` is the first round that was still to be replayed when this one was written: the files of all
/// before it are synced, and may have been cut since. A round without parts is a reset, and the first one needed
/// itself.
record JournalRound(long session, long sequence, long neededFrom, int sizeBytes, List<Entry> entries) {
    static final int PAGE_BYTES = 4096;
    private static final long MAGIC = 0x6368_726f_6e4a_7232L; // "chronJr2"
    private static final int HEADER_BYTES = 44;
    private static final int SIZE_AT = 24;
    private static final int PARTS_AT = 28;
    private static final int CRC_AT = 32;
    private static final int NEEDED_FROM_AT = 36;
    private static final int ENTRY_BYTES = 36;

    JournalRound {
        entries = List.copyOf(entries);
    }

    /// A part: `bytes` bytes of a segment's file from `position` on, which are at `dataAt` of the round.
    record Entry(Uuid topicId, int partition, long segmentBase, int position, int bytes, int dataAt) {
        Path fileIn(Path partitions) {
            return PartitionDirectory.segment(
                    partitions.resolve(PartitionDirectory.name(topicId, partition)),
                    segmentBase,
                    PartitionDirectory.LOG_SUFFIX);
        }
    }

    /// In whole pages, of a round with so many parts that have so many bytes together.
    static long sizeBytes(int parts, long bytes) {
        long size = HEADER_BYTES + (long) parts * ENTRY_BYTES + bytes;
        return (size + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    }

    /// Puts the round together in `buffer`, which holds nothing. Then come [#add] for each part, the parts' bytes in
    /// the same order, and [#finish].
    static void begin(ByteBuffer buffer, long session, long sequence, long neededFrom, int parts) {
        buffer.clear();
        buffer.putLong(MAGIC).putLong(session).putLong(sequence).putInt(0).putInt(parts);
        buffer.putLong(NEEDED_FROM_AT, neededFrom);
        buffer.position(HEADER_BYTES);
    }

    static void add(ByteBuffer buffer, JournalPart part) {
        buffer.putLong(part.topicId().getMostSignificantBits());
        buffer.putLong(part.topicId().getLeastSignificantBits());
        buffer.putInt(part.partition()).putLong(part.segment().baseOffset());
        buffer.putInt(part.from()).putInt(part.bytes());
    }

    /// Pads and seals it; `buffer` is ready to be written.
    static void finish(ByteBuffer buffer) {
        int end = buffer.position();
        int size = (int) sizeBytes(0, end - HEADER_BYTES);
        while (buffer.position() < size) buffer.put((byte) 0);
        buffer.flip();
        buffer.putInt(SIZE_AT, size);
        buffer.putInt(CRC_AT, checksum(buffer, size));
    }

    /// How many bytes the round would have whose first page is `page`; 0 when none begins there.
    static int claimedBytes(ByteBuffer page) {
        if (page.remaining() < HEADER_BYTES || page.getLong(page.position()) != MAGIC) return 0;
        int size = page.getInt(page.position() + SIZE_AT);
        return size > 0 && size % PAGE_BYTES == 0 ? size : 0;
    }

    /// Empty when it is not whole. `buffer` holds as many bytes as the round claims.
    static Optional<JournalRound> parse(ByteBuffer buffer) {
        int size = buffer.limit();
        if (size < HEADER_BYTES || claimedBytes(buffer) != size) return Optional.empty();
        int parts = buffer.getInt(PARTS_AT);
        if (parts < 0 || sizeBytes(parts, 0) > size) return Optional.empty();
        if (buffer.getInt(CRC_AT) != checksum(buffer, size)) return Optional.empty();
        List<Entry> entries = new ArrayList<>(parts);
        int dataAt = HEADER_BYTES + parts * ENTRY_BYTES;
        for (int i = 0; i < parts; i++) {
            int at = HEADER_BYTES + i * ENTRY_BYTES;
            Uuid topicId = new Uuid(buffer.getLong(at), buffer.getLong(at + 8));
            int bytes = buffer.getInt(at + 32);
            entries.add(new Entry(
                    topicId, buffer.getInt(at + 16), buffer.getLong(at + 20), buffer.getInt(at + 28), bytes, dataAt));
            dataAt += bytes;
        }
        return Optional.of(
                new JournalRound(buffer.getLong(8), buffer.getLong(16), buffer.getLong(NEEDED_FROM_AT), size, entries));
    }

    private static int checksum(ByteBuffer buffer, int size) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(0, CRC_AT));
        crc.update(buffer.slice(CRC_AT + 4, size - CRC_AT - 4));
        return (int) crc.getValue();
    }
}
