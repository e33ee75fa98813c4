package io.chronik.log;

import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is known to be damaged in one log. Recovery and reads report it, on any thread; it is never forgotten while
/// the offsets are part of the log.
final class Damage {
    private static final Logger LOG = LoggerFactory.getLogger(Damage.class);

    private final TopicIdPartition id;
    private volatile List<DamagedRange> ranges = List.of();

    Damage(TopicIdPartition id) {
        this.id = id;
    }

    /// Ascending by offset.
    List<DamagedRange> ranges() {
        return ranges;
    }

    /// What a reader found in a state that may be old: counts only when the log has not been cut since.
    /// [SegmentedLog] publishes a cut before it forgets the damage behind it.
    synchronized void report(DamagedRange range, BooleanSupplier notCut) {
        if (notCut.getAsBoolean()) report(range);
    }

    synchronized void report(DamagedRange range) {
        if (ranges.contains(range)) return;
        ranges = Stream.concat(ranges.stream(), Stream.of(range))
                .sorted(Comparator.comparingLong(DamagedRange::fromOffset))
                .toList();
        LOG.atError()
                .addKeyValue("partition", id)
                .addKeyValue("fromOffset", range.fromOffset())
                .addKeyValue("toOffset", range.toOffset())
                .addKeyValue("segment", range.segmentBaseOffset())
                .addKeyValue("fromPosition", range.fromPosition())
                .addKeyValue("toPosition", range.toPosition())
                .log("log is damaged: what is intact is served, nothing is cut");
    }

    synchronized void forgetBelow(long startOffset) {
        ranges = ranges.stream().filter(range -> range.toOffset() > startOffset).toList();
    }

    synchronized void forgetFrom(long endOffset) {
        ranges = ranges.stream().filter(range -> range.fromOffset() < endOffset).toList();
    }

    void check(long offset) {
        for (DamagedRange range : ranges) {
            if (range.contains(offset)) {
                throw new LogDamaged(
                        id + ": offsets [" + range.fromOffset() + ", " + range.toOffset() + ") are damaged");
            }
        }
    }

    /// Where the first damage behind `position` begins in a segment; `end` when there is none.
    int nextPosition(long segmentBaseOffset, int position, int end) {
        int next = end;
        for (DamagedRange range : ranges) {
            if (range.segmentBaseOffset() == segmentBaseOffset && range.fromPosition() > position) {
                next = Math.min(next, range.fromPosition());
            }
        }
        return next;
    }

    /// Where to cut a segment whose good batches below `endOffset` end at `position`: before damage that reaches beyond
    /// that offset.
    int cutPosition(long segmentBaseOffset, long endOffset, int position) {
        int cut = position;
        for (DamagedRange range : ranges) {
            if (range.segmentBaseOffset() == segmentBaseOffset && range.toOffset() > endOffset) {
                cut = Math.min(cut, range.fromPosition());
            }
        }
        return cut;
    }
}
