package io.chronik.log;

import io.chronik.log.AppendResult.Appended;
import io.chronik.log.AppendResult.Duplicate;
import io.chronik.log.PartitionLog.Origin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// One log of a [CrashSimulation] and the model that it is compared with.
final class SimulatedLog {
    final TopicIdPartition id;
    private final Random random;
    private final List<Entry> model = new ArrayList<>();
    private final int[] nextSequence = new int[3];
    private long durableEnd;
    private long startOffset;
    private int epoch = 1;
    private int valueCount;
    SegmentedLog log;

    /// One appended batch.
    private record Entry(
            long baseOffset, int epoch, long producerId, int sequence, long timestampMs, List<String> values) {
        long endOffset() {
            return baseOffset + values.size();
        }
    }

    /// A sync that has been asked for, and what it promises.
    record Asked(SimulatedLog of, SyncTask task, long end) {
        void onDone() {
            of.log.onSynced(task);
            of.durableEnd = Math.max(of.durableEnd, end);
        }
    }

    SimulatedLog(TopicIdPartition id, Random random, SegmentedLog log) {
        this.id = id;
        this.random = random;
        this.log = log;
    }

    private long end() {
        return model.isEmpty() ? startOffset : model.getLast().endOffset();
    }

    void append(int producer, long nowMs) {
        Entry entry = entry(producer);
        AppendResult result = log.appendAsLeader(records(entry), entry.epoch, Origin.CLIENT, nowMs);
        check(result instanceof Appended(long base, long last, long time) && base == entry.baseOffset, result);
        onAppended(entry);
    }

    private void onAppended(Entry entry) {
        model.add(entry);
        int producer = entry.producerId < 0 ? 0 : (int) entry.producerId;
        nextSequence[producer] += entry.values.size();
    }

    private Entry entry(int producer) {
        List<String> values = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        int length = random.nextInt(10) == 0 ? random.nextInt(1500) : random.nextInt(200);
        for (int i = 0; i < count; i++) values.add(valueCount++ + "-" + "x".repeat(length));
        return new Entry(
                end(),
                epoch,
                producer == 0 ? -1 : producer,
                nextSequence[producer],
                5000 + random.nextInt(1000),
                values);
    }

    private static MemoryRecords records(Entry entry) {
        String[] values = entry.values.toArray(String[]::new);
        return entry.producerId < 0
                ? Batches.of(entry.timestampMs, values)
                : Batches.idempotent(entry.producerId, 0, entry.sequence, values);
    }

    Asked ask() {
        return new Asked(this, log.syncTask(), end());
    }

    void duplicate() {
        for (Entry entry : model.reversed()) {
            if (entry.producerId < 0 || entry.baseOffset < startOffset) continue;
            AppendResult result = log.appendAsLeader(records(entry), epoch, Origin.CLIENT, 10_000);
            check(result instanceof Duplicate(long base, long last, long time) && base == entry.baseOffset, result);
            return;
        }
    }

    void beginEpoch() {
        epoch++;
    }

    void deleteRecords() {
        if (end() == startOffset) return;
        long target = startOffset + random.nextLong(durableEnd - Math.min(durableEnd, startOffset) + 1);
        log.advanceStartOffset(target);
        startOffset = Math.max(startOffset, target);
    }

    void retention(long nowMs) {
        log.deleteOldSegments(durableEnd, nowMs);
        check(log.view().startOffset() == startOffset, "start " + log.view().startOffset());
    }

    /// As a follower whose leader has less: never below the high watermark, here half of what is there.
    void truncate() {
        long middle = startOffset + (end() - startOffset) / 2;
        log.truncateTo(middle);
        while (!model.isEmpty() && model.getLast().endOffset() > middle) model.removeLast();
        LogView view = log.view();
        if (model.isEmpty()) check(view.endOffset() <= middle, "end " + view.endOffset() + " above " + middle);
        else check(view.endOffset() == end(), "end " + view.endOffset() + ", expected " + end());
        startOffset = view.startOffset();
        durableEnd = Math.min(durableEnd, end());
        resetSequences();
    }

    /// As a follower that is behind where its leader's log begins.
    void restartAt() {
        long offset = end() + random.nextInt(100);
        log.restartAt(offset);
        model.clear();
        startOffset = offset;
        durableEnd = offset;
        resetSequences();
        check(log.view().startOffset() == offset && log.view().endOffset() == offset, "not empty at " + offset);
    }

    void delete() {
        log.delete();
    }

    /// After it was deleted: an empty one.
    void create(TestLogs logs, LogSettings settings) throws IOException {
        log = logs.open(id, settings);
        model.clear();
        durableEnd = 0;
        startOffset = 0;
        resetSequences();
        check(log.view().endOffset() == 0, "not empty");
    }

    /// While the disk is nearly full.
    void appendUntilFull(long nowMs) {
        for (int i = 0; i < 5; i++) {
            Entry entry = entry(1);
            try {
                log.appendAsLeader(records(entry), entry.epoch, Origin.CLIENT, nowMs);
                onAppended(entry);
            } catch (LogFailure full) {
                check(full.diskFull(), full);
                check(log.view().endOffset() == end(), "end after a failed append");
            }
        }
    }

    void refusesAppends() {
        try {
            log.appendAsLeader(records(entry(0)), epoch, Origin.CLIENT, 10_000);
            check(false, "appended after a failed sync");
        } catch (LogFailure expected) {
            check(log.view().durableEndOffset() <= durableEnd, "durable without a sync");
        }
    }

    void close() {
        log.close();
        durableEnd = end();
    }

    void open(TestLogs logs, LogSettings settings) throws IOException {
        log = logs.open(id, settings);
        compare();
    }

    private void compare() throws IOException {
        // A torn batch before a segment that was not durable either: kept and reported rather than cut.
        if (log.view().damagedFromOffset() >= durableEnd)
            log.truncateTo(log.view().damagedFromOffset());
        LogView view = log.view();
        check(!view.damaged(), "damaged " + view.damage());
        check(view.startOffset() == startOffset, "start " + view.startOffset() + ", expected " + startOffset);
        check(view.endOffset() >= durableEnd, "end " + view.endOffset() + " below durable " + durableEnd);
        while (end() > view.endOffset()) model.removeLast();
        check(view.endOffset() == Math.max(end(), startOffset), "end " + view.endOffset() + " is not a batch's end");
        List<String> expected = new ArrayList<>();
        for (Entry entry : model) {
            for (int i = 0; i < entry.values.size(); i++) {
                if (entry.endOffset() > startOffset) expected.add(entry.baseOffset + i + "=" + entry.values.get(i));
            }
        }
        List<String> found = TestLogs.readAll(view, startOffset);
        check(found.equals(expected), "records differ: " + found.size() + " found, " + expected.size() + " expected");
        durableEnd = end();
        resetSequences();
        duplicate();
        compareLookups(view);
    }

    private void compareLookups(LogView view) {
        long timestampMs = 5000L + random.nextInt(1000);
        long expected = -1;
        for (Entry entry : model) {
            for (int i = 0; i < entry.values.size() && expected < 0; i++) {
                long time = entry.producerId < 0 ? entry.timestampMs + i : 1000 + i;
                if (time >= timestampMs && entry.baseOffset + i >= startOffset) expected = entry.baseOffset + i;
            }
        }
        long found = view.firstAtOrAfter(timestampMs, Long.MAX_VALUE)
                .map(LogView.TimestampAndOffset::offset)
                .orElse(-1L);
        check(found == expected, "first at " + timestampMs + " is " + found + ", expected " + expected);
        for (Entry entry : model) {
            if (entry.baseOffset < startOffset) continue;
            int at = view.epochAt(entry.baseOffset).orElse(-1);
            check(at == entry.epoch, "epoch at " + entry.baseOffset + " is " + at + ", expected " + entry.epoch);
        }
    }

    private void resetSequences() {
        for (int producer = 1; producer < nextSequence.length; producer++) {
            for (Entry entry : model) {
                if (entry.producerId == producer) nextSequence[producer] = entry.sequence + entry.values.size();
            }
            int known = producer;
            if (model.stream().noneMatch(entry -> entry.producerId == known)) nextSequence[producer] = 0;
        }
    }

    private void check(boolean holds, Object problem) {
        if (!holds) throw new AssertionError(id + ": " + problem);
    }
}
