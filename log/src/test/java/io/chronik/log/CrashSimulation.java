package io.chronik.log;

import io.chronik.log.AppendResult.Appended;
import io.chronik.log.AppendResult.Duplicate;
import io.chronik.log.PartitionLog.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// One log under one seed: appends, syncs, rolls, retention, truncations, full disks, failed syncs, kills and power
/// cuts, on a [SimulatedDisk], compared with a model after every restart.
///
/// More seeds: `java -cp … io.chronik.log.CrashSimulation FIRST_SEED COUNT`.
final class CrashSimulation {
    private static final int STEPS = 150;

    private final long seed;
    private final Random random;
    private final SimulatedDisk disk = new SimulatedDisk();
    private final TestLogs logs;
    private final LogSettings settings;

    /// How often a round has other logs too: a log that is always synced alone prepares space.
    private final int togetherPercent;

    /// One appended batch.
    private record Entry(
            long baseOffset, int epoch, long producerId, int sequence, long timestampMs, List<String> values) {
        long endOffset() {
            return baseOffset + values.size();
        }
    }

    private final List<Entry> model = new ArrayList<>();
    private final int[] nextSequence = new int[3];
    private long durableEnd;
    private long startOffset;
    private int epoch = 1;
    private long nowMs = 10_000;
    private int valueCount;
    private SegmentedLog log;

    CrashSimulation(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.settings = TestLogs.segmentBytes(7000 + random.nextInt(8000));
        LogStoreOptions d = LogStoreOptions.defaults();
        this.logs = new TestLogs(disk, Path.of("/data"))
                .with(new LogStoreOptions(
                        2,
                        300,
                        Long.MAX_VALUE / 4,
                        1000,
                        1,
                        1,
                        300 + random.nextInt(5000),
                        d.quarantineMs(),
                        random.nextInt(3) * 2500,
                        d.idleFileMs()));
        this.togetherPercent = random.nextInt(3) * 30;
        disk.createDirectories(Path.of("/data/partitions"));
        this.log = logs.open(settings);
    }

    public static void main(String[] arguments) {
        long first = Long.parseLong(arguments[0]);
        long count = Long.parseLong(arguments[1]);
        for (long seed = first; seed < first + count; seed++) new CrashSimulation(seed).run();
        System.out.println(count + " seeds passed");
    }

    void run() {
        try {
            for (int i = 0; i < STEPS; i++) {
                step();
                sweepSometimes();
            }
            restart(true);
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private void step() throws IOException {
        nowMs += random.nextInt(50);
        int dice = random.nextInt(100);
        if (dice < 60) append(random.nextInt(3));
        else if (dice < 78) sync();
        else if (dice < 80) syncWhileAppending();
        else if (dice < 82) duplicate();
        else if (dice < 84) deleteRecords();
        else if (dice < 87) retention();
        else if (dice < 88) truncate();
        else if (dice < 89) epoch++;
        else if (dice < 91) fullDisk();
        else if (dice < 92) failedSync();
        else if (dice < 94) closeAndOpen();
        else restart(dice < 97);
    }

    /// As it is done every few seconds: files that nobody uses are closed, those with something unsynced never.
    private void sweepSometimes() {
        for (int i = random.nextInt(4); i > 1; i--) logs.services().openFiles().sweep();
        List<Path> hidden = disk.closedUnsynced().stream()
                .filter(path -> path.toString().endsWith(PartitionDirectory.LOG_SUFFIX))
                .toList();
        check(hidden.isEmpty(), "closed with unsynced writes: " + hidden);
    }

    private void append(int producer) {
        Entry entry = entry(producer);
        AppendResult result = log.appendAsLeader(records(entry), entry.epoch, Origin.CLIENT, nowMs);
        check(result instanceof Appended(long base, long last, long time) && base == entry.baseOffset, result);
        model.add(entry);
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

    private long end() {
        return model.isEmpty() ? startOffset : model.getLast().endOffset();
    }

    private void sync() throws IOException {
        SyncTask task = log.syncTask();
        make(task);
        log.onSynced(task);
        durableEnd = end();
    }

    /// By one of the two ways that a round has.
    private void make(SyncTask durable) throws IOException {
        if (random.nextInt(100) >= togetherPercent) durable.sync();
        else
            AdaptiveSyncRound.syncTogether(disk.fileSystemSync(Path.of("/data")).orElseThrow(), List.of(durable));
    }

    private void syncWhileAppending() throws IOException {
        SyncTask task = log.syncTask();
        long taken = end();
        append(0);
        make(task);
        append(1);
        log.onSynced(task);
        durableEnd = Math.max(durableEnd, taken);
    }

    private void duplicate() {
        for (Entry entry : model.reversed()) {
            if (entry.producerId < 0 || entry.baseOffset < startOffset) continue;
            AppendResult result = log.appendAsLeader(records(entry), epoch, Origin.CLIENT, nowMs);
            check(result instanceof Duplicate(long base, long last, long time) && base == entry.baseOffset, result);
            return;
        }
    }

    private void deleteRecords() {
        if (end() == startOffset) return;
        long target = startOffset + random.nextLong(durableEnd - Math.min(durableEnd, startOffset) + 1);
        log.advanceStartOffset(target);
        startOffset = Math.max(startOffset, target);
    }

    private void retention() {
        log.deleteOldSegments(durableEnd, nowMs);
        check(log.view().startOffset() == startOffset, "start " + log.view().startOffset());
    }

    /// As a follower whose leader has less: never below the high watermark, here half of what is there.
    private void truncate() {
        long middle = startOffset + (end() - startOffset) / 2;
        log.truncateTo(middle);
        while (!model.isEmpty() && model.getLast().endOffset() > middle) model.removeLast();
        startOffset = Math.min(startOffset, end());
        check(
                log.view().endOffset() == Math.max(end(), startOffset),
                "end " + log.view().endOffset());
        durableEnd = Math.min(durableEnd, end());
        startOffset = log.view().startOffset();
        resetSequences();
    }

    private void fullDisk() {
        disk.capacity(disk.usedBytes() + random.nextInt(300));
        for (int i = 0; i < 5; i++) {
            Entry entry = entry(1);
            try {
                log.appendAsLeader(records(entry), entry.epoch, Origin.CLIENT, nowMs);
                model.add(entry);
                nextSequence[1] += entry.values.size();
            } catch (LogFailure full) {
                check(full.diskFull(), full);
                check(log.view().endOffset() == end(), "end after a failed append");
            }
        }
        disk.capacity(Long.MAX_VALUE);
    }

    private void failedSync() throws IOException {
        append(0);
        disk.faults((operation, path) -> {
            if (operation == SimulatedDisk.Operation.SYNC || operation == SimulatedDisk.Operation.SYNC_FILE_SYSTEM)
                throw new IOException("Input/output error");
        });
        SyncTask task = log.syncTask();
        try {
            make(task);
            check(false, "a failed sync was not reported");
        } catch (IOException expected) {
            disk.faults(SimulatedDisk.Faults.NONE);
        }
        try {
            log.appendAsLeader(records(entry(0)), epoch, Origin.CLIENT, nowMs);
            check(false, "appended after a failed sync");
        } catch (LogFailure expected) {
            check(log.view().durableEndOffset() <= durableEnd, "durable without a sync");
        }
        logs.failure.set(null);
        restart(true);
    }

    private void closeAndOpen() throws IOException {
        log.close();
        durableEnd = end();
        if (random.nextInt(4) > 0) logs.services().closedLogs().write();
        if (random.nextBoolean()) disk.kill();
        else disk.powerCut(random);
        log = logs.open(settings);
        compare();
    }

    private void restart(boolean powerCut) throws IOException {
        if (powerCut) disk.powerCut(random);
        else disk.kill();
        logs.syncBeforeOpen(random.nextBoolean());
        log = logs.open(settings);
        compare();
    }

    private void compare() throws IOException {
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

    private static void check(boolean holds, Object problem) {
        if (!holds) throw new AssertionError(String.valueOf(problem));
    }
}
