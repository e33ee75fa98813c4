package io.chronik.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/// What a [SegmentedLog] publishes after each change. The last segment may grow after this was published: what of
/// it belongs to this state is in [Tail]. A state whose files are gone (retention, compaction) asks the `latest`
/// one.
record LogState(
        Supplier<LogState> latest,
        SegmentIndexes indexes,
        Damage found,
        ProducerStates producerStates,
        UnreadPages unread,
        List<Segment> segments,
        Tail tail,
        long startOffset,
        long endOffset,
        long durableEndOffset,
        EpochHistory epochs,
        long generation,
        long layout,
        long writtenBytes)
        implements LogView {

    /// `endPosition` is where the last segment ended; `sealedBytes` is the size of those before it.
    record Tail(int endPosition, long maxTimestamp, long maxTimestampOffset, long sealedBytes) {}

    @Override
    public long sizeBytes() {
        return tail.sealedBytes + tail.endPosition;
    }

    @Override
    public int lastEpoch() {
        return epochs.lastEpoch();
    }

    @Override
    public boolean damaged() {
        return !found.ranges().isEmpty();
    }

    @Override
    public long damagedFromOffset() {
        return damaged() ? found.ranges().getFirst().fromOffset() : Long.MAX_VALUE;
    }

    @Override
    public List<DamagedRange> damage() {
        return found.ranges();
    }

    @Override
    public LogSlice read(long fromOffset, long limitOffset, int maxBytes, boolean atLeastOne) {
        if (fromOffset < startOffset || fromOffset > endOffset) {
            throw new OffsetOutOfRange(fromOffset, startOffset, endOffset);
        }
        found.check(fromOffset);
        unread.onRead();
        long limit = Math.min(limitOffset, endOffset);
        try {
            for (int i = indexOf(fromOffset); i < segments.size() && fromOffset < limit; i++) {
                if (segments.get(i).baseOffset() >= limit) break;
                SliceFinder finder = new SliceFinder(this, i);
                Optional<LogSlice> slice = finder.find(fromOffset, limit, maxBytes, atLeastOne);
                if (slice.isPresent()) return slice.get();
            }
            return new FileSlice.Empty(fromOffset);
        } catch (NoSuchFileException replacedMeanwhile) {
            LogState newer = newer(replacedMeanwhile);
            return newer.read(fromOffset, limitOffset, maxBytes, atLeastOne);
        } catch (LogDamaged e) {
            if (!isCut()) throw e;
            throw new LogFailure("the log was cut while it was read at offset " + fromOffset, e, false);
        } catch (IOException e) {
            throw LogFailure.of("read at offset " + fromOffset, e);
        }
    }

    /// The log was cut after this was published: the files may hold other records.
    boolean isCut() {
        return latest.get().generation != generation;
    }

    private LogState newer(IOException missing) {
        LogState newer = latest.get();
        if (newer.layout == layout) throw LogFailure.of("a segment is missing", missing);
        return newer;
    }

    /// The last segment that begins at or below `offset`; 0 when all begin above it.
    int indexOf(long offset) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).baseOffset() <= offset) low = middle + 1;
            else high = middle;
        }
        return Math.max(0, low - 1);
    }

    boolean isLast(int index) {
        return index == segments.size() - 1;
    }

    int endPosition(int index) {
        return isLast(index) ? tail.endPosition : segments.get(index).sizeBytes();
    }

    /// Exclusive: where the offsets of a segment end.
    long nextOffset(int index) {
        return isLast(index) ? endOffset : segments.get(index).nextOffset();
    }

    long maxTimestamp(int index) {
        return isLast(index) ? tail.maxTimestamp : segments.get(index).maxTimestamp();
    }

    @Override
    public Optional<TimestampAndOffset> firstAtOrAfter(long timestampMs, long limitOffset) {
        return lookUp(limitOffset, lookup -> lookup.firstAtOrAfter(timestampMs));
    }

    @Override
    public Optional<TimestampAndOffset> maxTimestamp(long limitOffset) {
        return lookUp(limitOffset, TimeLookup::maxTimestamp);
    }

    private interface Question {
        Optional<TimestampAndOffset> ask(TimeLookup lookup) throws IOException;
    }

    private Optional<TimestampAndOffset> lookUp(long limitOffset, Question question) {
        try {
            return question.ask(new TimeLookup(this, Math.min(limitOffset, endOffset)));
        } catch (NoSuchFileException replacedMeanwhile) {
            return newer(replacedMeanwhile).lookUp(limitOffset, question);
        } catch (IOException e) {
            throw LogFailure.of("lookup by timestamp", e);
        }
    }

    @Override
    public EpochEnd endOf(int epoch) {
        return epochs.endOf(epoch, endOffset);
    }

    @Override
    public OptionalInt epochAt(long offset) {
        return offset < endOffset ? epochs.epochAt(offset) : OptionalInt.empty();
    }

    @Override
    public List<ActiveProducer> producers() {
        return producerStates.active();
    }
}
