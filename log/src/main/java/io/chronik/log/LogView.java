package io.chronik.log;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.record.internal.RecordBatch;

/// An immutable, published state of a [PartitionLog], safe on any thread. Offsets that end in `End` are exclusive.
/// Reads may touch the disk (page cache) and so may block briefly; they never wait for a sync.
public interface LogView {
    long startOffset();

    long endOffset();

    /// Everything below survives a crash of this machine.
    long durableEndOffset();

    /// Bytes in all segments.
    long sizeBytes();

    /// The epoch of the last batch, or -1 when the log is empty and no epoch began.
    int lastEpoch();

    /// True when recovery or a read found damage below what was known to be durable. See [#damage()].
    boolean damaged();

    /// The first damaged offset; Long.MAX_VALUE when not damaged.
    long damagedFromOffset();

    /// Reads inside these ranges fail with [LogDamaged]; what is before and behind them is served. Ascending.
    List<DamagedRange> damage();

    /// Whole batches from the one that contains `fromOffset`, up to and excluding batches at or above
    /// `limitOffset`, at most `maxBytes` of them; when the first batch alone is larger than `maxBytes`, it is
    /// returned if `atLeastOne`. Empty slice at the end.
    /// Throws [OffsetOutOfRange] when `fromOffset` is below the start or above the end.
    LogSlice read(long fromOffset, long limitOffset, int maxBytes, boolean atLeastOne);

    /// The first record at or after `timestampMs` among records below `limitOffset` (ListOffsets by timestamp).
    Optional<TimestampAndOffset> firstAtOrAfter(long timestampMs, long limitOffset);

    /// The record with the largest timestamp among those below `limitOffset` (ListOffsets, KIP-734).
    Optional<TimestampAndOffset> maxTimestamp(long limitOffset);

    /// The newest epoch not newer than `epoch`, and where it ends (KIP-101, KIP-279).
    EpochEnd endOf(int epoch);

    OptionalInt epochAt(long offset);

    /// For DescribeProducers: live producer ids of this partition.
    List<ActiveProducer> producers();

    record EpochEnd(int epoch, long endOffset) {
        public static final EpochEnd UNDEFINED = new EpochEnd(RecordBatch.NO_PARTITION_LEADER_EPOCH, -1);
    }

    record TimestampAndOffset(long timestampMs, long offset, int leaderEpoch) {}

    record ActiveProducer(long producerId, short producerEpoch, int lastSequence, long lastTimestampMs) {}
}
