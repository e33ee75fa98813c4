package io.chronik.log;

import io.chronik.log.LogView.EpochEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Which leader epoch wrote which offsets: (epoch, first offset), both strictly ascending (KIP-101). Immutable.
record EpochHistory(List<Start> starts) {
    static final EpochHistory EMPTY = new EpochHistory(List.of());

    record Start(int epoch, long startOffset) {}

    EpochHistory {
        starts = List.copyOf(starts);
    }

    int lastEpoch() {
        return starts.isEmpty()
                ? RecordBatch.NO_PARTITION_LEADER_EPOCH
                : starts.getLast().epoch();
    }

    /// `epoch` begins at `startOffset`. An epoch that ended without a record leaves no trace; an old epoch changes
    /// nothing.
    EpochHistory begin(int epoch, long startOffset) {
        if (epoch <= lastEpoch()) return this;
        List<Start> next = new ArrayList<>(before(startOffset).starts);
        next.add(new Start(epoch, startOffset));
        return new EpochHistory(next);
    }

    /// Forgets epochs that begin at or above `endOffset`.
    EpochHistory before(long endOffset) {
        if (starts.isEmpty() || starts.getLast().startOffset < endOffset) return this;
        return new EpochHistory(
                starts.stream().filter(start -> start.startOffset < endOffset).toList());
    }

    /// Forgets epochs that end at or below `startOffset`; the one that contains it begins there now.
    EpochHistory from(long startOffset) {
        if (starts.isEmpty() || starts.getFirst().startOffset >= startOffset) return this;
        List<Start> kept = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            Start start = starts.get(i);
            boolean endsBelow = i + 1 < starts.size() && starts.get(i + 1).startOffset <= startOffset;
            if (!endsBelow) kept.add(new Start(start.epoch, Math.max(startOffset, start.startOffset)));
        }
        return new EpochHistory(kept);
    }

    EpochEnd endOf(int epoch, long logEndOffset) {
        if (epoch == RecordBatch.NO_PARTITION_LEADER_EPOCH || epoch > lastEpoch()) return EpochEnd.UNDEFINED;
        if (epoch == lastEpoch()) return new EpochEnd(epoch, logEndOffset);
        int floor = epoch;
        for (Start start : starts) {
            if (start.epoch > epoch) return new EpochEnd(floor, start.startOffset);
            floor = start.epoch;
        }
        throw new IllegalStateException("no epoch above " + epoch + " in " + starts);
    }

    OptionalInt epochAt(long offset) {
        OptionalInt found = OptionalInt.empty();
        for (Start start : starts) {
            if (start.startOffset > offset) break;
            found = OptionalInt.of(start.epoch);
        }
        return found;
    }
}
