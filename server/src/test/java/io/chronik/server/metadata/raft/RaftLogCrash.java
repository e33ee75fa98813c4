package io.chronik.server.metadata.raft;

import io.chronik.log.OneThread;
import io.chronik.log.SimulatedDisk;
import io.chronik.log.SimulatedDisk.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.raft.Isolation;
import org.apache.kafka.raft.LogOffsetMetadata;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.raft.ValidOffsetAndEpoch;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.snapshot.RawSnapshotReader;
import org.apache.kafka.snapshot.RawSnapshotWriter;
import org.jspecify.annotations.Nullable;

/// A Raft log under one seed, on a disk that fails at any operation, with kills and power cuts, beside a model: a list
/// of batches, how many of them anybody was told of, and snapshots.
final class RaftLogCrash {
    private static final int STEPS = 60;

    private final Random random;
    private final SimulatedDisk disk = new SimulatedDisk();
    private RaftLog log;

    /// What was appended, in order; the log may have less of what nobody was told of.
    private List<Batch> model = new ArrayList<>();

    /// Below it everything must be there.
    private long toldEnd;

    private long startOffset;
    private long committed;
    private int epoch = 1;
    private int valueCount;

    /// Complete ones.
    private List<OffsetAndEpoch> snapshots = new ArrayList<>();

    /// Of the step that a crash came into.
    private @Nullable OffsetAndEpoch beingWritten;

    /// What the operation that was cut off would have led to; the outcome is either.
    private Optional<State> intended = Optional.empty();

    int crashes;
    int fullTruncations;

    private record Batch(long baseOffset, int epoch, List<String> values) {
        long endOffset() {
            return baseOffset + values.size();
        }
    }

    /// Of the model, to go back to or on to.
    private record State(
            List<Batch> batches, long toldEnd, long startOffset, long committed, List<OffsetAndEpoch> snapshots) {
        State {
            batches = List.copyOf(batches);
            snapshots = List.copyOf(snapshots);
        }
    }

    RaftLogCrash(long seed) {
        random = new Random(seed);
        log = open();
    }

    private RaftLog open() {
        return OwnRaftLog.open(
                disk,
                OwnRaftLogOnSimulatedDiskTest.DIRECTORY,
                RaftLogContract.SEGMENT_BYTES,
                RaftLogContract.RETENTION_BYTES,
                new OneThread());
    }

    void run() throws Exception {
        for (int i = 0; i < STEPS; i++) {
            boolean failing = random.nextInt(6) == 0;
            if (failing) failSoon();
            try {
                step();
                intended = Optional.empty();
                beingWritten = null;
                if (random.nextInt(12) == 0) crash(random.nextBoolean());
                else if (random.nextInt(15) == 0) restart();
            } catch (RuntimeException e) {
                if (!failing) throw e;
                crash(true);
            }
            disk.faults(SimulatedDisk.Faults.NONE);
        }
        restart();
        log.close();
    }

    /// The machine fails within a few operations: that one fails, and a power cut comes before the next.
    private void failSoon() {
        int[] left = {random.nextInt(12)};
        disk.faults((operation, path) -> {
            if (operation != Operation.READ && left[0]-- <= 0) throw new IOException("crash");
        });
    }

    private State state() {
        return new State(model, toldEnd, startOffset, committed, snapshots);
    }

    private void set(State state) {
        model = new ArrayList<>(state.batches);
        toldEnd = state.toldEnd;
        startOffset = state.startOffset;
        committed = state.committed;
        snapshots = new ArrayList<>(state.snapshots);
    }

    private long end() {
        return model.isEmpty() ? startOffset : model.getLast().endOffset();
    }

    // ---- Steps ----

    private void step() throws IOException {
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3 -> appendAsLeader();
            case 4, 5 -> appendAsFollower();
            case 6 -> askForTheEnd();
            case 7 -> flush();
            case 8 -> commit();
            case 9 -> snapshot();
            case 10 -> deleteBeforeSnapshot();
            case 11 -> truncate();
            case 12 -> download();
            default -> clean();
        }
    }

    private Batch nextBatch(long baseOffset) {
        List<String> values = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) values.add(valueCount++ + "-" + "x".repeat(random.nextInt(200)));
        return new Batch(baseOffset, epoch, values);
    }

    private static MemoryRecords records(Batch batch) {
        return RaftLogContract.batch(batch.baseOffset, batch.epoch, batch.values.toArray(String[]::new));
    }

    private void appendAsLeader() {
        if (random.nextInt(4) == 0) {
            epoch++;
            log.initializeLeaderEpoch(epoch);
        }
        Batch batch = nextBatch(end());
        appending(List.of(batch));
        var _ = log.appendAsLeader(records(batch), epoch);
        model.add(batch);
    }

    private void appendAsFollower() {
        List<Batch> batches = new ArrayList<>();
        long at = end();
        for (int i = 0; i <= random.nextInt(3); i++) {
            if (random.nextInt(4) == 0) epoch++;
            Batch batch = nextBatch(at);
            batches.add(batch);
            at = batch.endOffset();
        }
        appending(batches);
        MemoryRecords[] records = batches.stream().map(RaftLogCrash::records).toArray(MemoryRecords[]::new);
        var _ = log.appendAsFollower(RaftLogContract.joined(records), epoch);
        model.addAll(batches);
    }

    /// Also an append that has failed may be found, or a part of it.
    private void appending(List<Batch> batches) {
        List<Batch> more = new ArrayList<>(model);
        more.addAll(batches);
        intended = Optional.of(new State(more, toldEnd, startOffset, committed, snapshots));
    }

    private void askForTheEnd() {
        check(log.endOffset().offset() == end(), "end");
        toldEnd = end();
    }

    private void flush() {
        log.flush(false);
        toldEnd = end();
    }

    private void commit() {
        askForTheEnd();
        if (end() > committed) {
            List<Batch> open = model.stream()
                    .filter(batch -> batch.endOffset() > committed)
                    .toList();
            committed = open.get(random.nextInt(open.size())).endOffset();
            log.updateHighWatermark(new LogOffsetMetadata(committed));
        }
    }

    private void snapshot() {
        List<Batch> candidates =
                model.stream().filter(batch -> batch.endOffset() <= committed).toList();
        if (candidates.isEmpty()) return;
        Batch last = candidates.get(random.nextInt(candidates.size()));
        // What a snapshot of a later epoch made superfluous is not asked for.
        boolean older =
                !snapshots.isEmpty() && log.earliestSnapshotId().orElseThrow().epoch() > last.epoch;
        if (older) return;
        write(log.createNewSnapshot(new OffsetAndEpoch(last.endOffset(), last.epoch)));
    }

    private void write(Optional<RawSnapshotWriter> found) {
        if (found.isEmpty()) return;
        try (RawSnapshotWriter writer = found.get()) {
            OffsetAndEpoch id = writer.snapshotId();
            beingWritten = id;
            writer.append(RaftLogContract.batch(0, 0, "image up to " + id.offset()));
            List<OffsetAndEpoch> more = new ArrayList<>(snapshots);
            more.add(id);
            intended = Optional.of(new State(model, toldEnd, startOffset, committed, more));
            writer.freeze();
            snapshots.add(id);
        }
    }

    private void deleteBeforeSnapshot() {
        if (snapshots.isEmpty()) return;
        OffsetAndEpoch id = snapshots.get(random.nextInt(snapshots.size()));
        boolean possible = id.offset() > startOffset && id.offset() <= committed;
        if (possible) intended = Optional.of(beginningAt(id));
        boolean deleted = log.deleteBeforeSnapshot(id);
        check(!deleted || possible, "deleted before " + id);
        if (possible) set(beginningAt(id));
    }

    private State beginningAt(OffsetAndEpoch id) {
        return new State(
                model.stream().filter(batch -> batch.baseOffset >= id.offset()).toList(),
                Math.max(toldEnd, id.offset()),
                id.offset(),
                Math.max(committed, id.offset()),
                snapshots.stream().filter(other -> other.compareTo(id) >= 0).toList());
    }

    private void truncate() {
        // A snapshot is of what was committed, also when the log does not know that any more.
        long snapshotEnd =
                snapshots.stream().mapToLong(OffsetAndEpoch::offset).max().orElse(0);
        long lowest = Math.max(Math.max(committed, startOffset), snapshotEnd);
        List<Batch> kept = new ArrayList<>(model);
        while (!kept.isEmpty() && kept.getLast().endOffset() > lowest && random.nextInt(3) > 0) kept.removeLast();
        long target = kept.isEmpty() ? lowest : kept.getLast().endOffset();
        if (target >= end()) return;
        State after = new State(kept, Math.min(toldEnd, target), startOffset, committed, snapshots);
        intended = Optional.of(after);
        // As it is before, but nobody may be told of what is being cut.
        toldEnd = Math.min(toldEnd, target);
        log.truncateTo(target);
        set(after);
        epoch++;
    }

    /// As a follower that is far behind: of a later epoch, below or above its own end.
    private void download() {
        epoch++;
        long offset = Math.max(committed, end() + random.nextInt(60) - 20);
        OffsetAndEpoch id = new OffsetAndEpoch(offset, epoch);
        if (snapshots.contains(id)) return;
        write(log.createNewSnapshotUnchecked(id));
        State after = new State(List.of(), offset, offset, offset, List.of(id));
        intended = Optional.of(after);
        toldEnd = Math.min(toldEnd, offset);
        check(log.truncateToLatestSnapshot(), "not truncated");
        set(after);
        fullTruncations++;
    }

    private void clean() {
        boolean cleaned = log.maybeClean();
        if (!cleaned) return;
        OffsetAndEpoch first = log.earliestSnapshotId().orElseThrow();
        set(beginningAt(first));
    }

    // ---- Crashes ----

    private void restart() throws Exception {
        log.close();
        toldEnd = end();
        intended = Optional.empty();
        log = open();
        compare();
    }

    private void crash(boolean ofTheMachine) throws IOException {
        crashes++;
        disk.faults(SimulatedDisk.Faults.NONE);
        if (ofTheMachine) disk.powerCut(random);
        else disk.kill();
        while (random.nextInt(3) == 0) {
            // While it recovers, too.
            failSoon();
            try {
                log = open();
            } catch (RuntimeException crash) {
                // The next one may succeed.
            }
            disk.faults(SimulatedDisk.Faults.NONE);
            disk.powerCut(random);
        }
        log = open();
        compare();
    }

    private void compare() throws IOException {
        OffsetAndEpoch latest = log.latestSnapshotId().orElse(null);
        State before = state();
        State found = intended.filter(after -> isCloser(after, before)).orElse(before);
        // A snapshot that was complete before the crash, and ahead of the log, has taken its place.
        if (latest != null && isAhead(latest, found)) {
            found = new State(List.of(), latest.offset(), latest.offset(), latest.offset(), List.of(latest));
        } else if (log.startOffset() > found.startOffset && latest != null) {
            // A cleaning came half way.
            OffsetAndEpoch first = log.earliestSnapshotId().orElseThrow();
            check(first.offset() == log.startOffset(), "start " + log.startOffset() + " without a snapshot");
            set(found);
            found = beginningAt(first);
        }
        check(log.startOffset() == found.startOffset, "start " + log.startOffset() + ", not " + found.startOffset);
        check(log.endOffset().offset() >= found.toldEnd, "end " + log.endOffset() + " below " + found.toldEnd);
        List<Batch> left = new ArrayList<>(found.batches);
        while (!left.isEmpty() && left.getLast().endOffset() > log.endOffset().offset()) left.removeLast();
        set(new State(left, end(left, found.startOffset), found.startOffset, found.startOffset, found.snapshots));
        check(log.endOffset().offset() == end(), "end " + log.endOffset() + ", not " + end());
        compareRecords();
        compareEpochs();
        compareSnapshots();
        epoch = Math.max(epoch, log.lastFetchedEpoch()) + 1;
        intended = Optional.empty();
        beingWritten = null;
    }

    private static long end(List<Batch> batches, long startOffset) {
        return batches.isEmpty() ? startOffset : batches.getLast().endOffset();
    }

    /// Whether the operation that was cut off has had its effect.
    private boolean isCloser(State after, State before) {
        if (after.startOffset != before.startOffset) return log.startOffset() == after.startOffset;
        if (after.batches.size() < before.batches.size()) {
            return log.endOffset().offset() <= end(after.batches, after.startOffset);
        }
        return true;
    }

    private static boolean isAhead(OffsetAndEpoch snapshot, State state) {
        int lastEpoch = state.batches.isEmpty() ? 0 : state.batches.getLast().epoch;
        return snapshot.compareTo(new OffsetAndEpoch(end(state.batches, state.startOffset), lastEpoch)) > 0;
    }

    private void compareRecords() throws IOException {
        List<String> expected = new ArrayList<>();
        for (Batch batch : model) {
            for (int i = 0; i < batch.values.size(); i++)
                expected.add(batch.baseOffset + i + "=" + batch.values.get(i));
        }
        List<String> found = RaftLogContract.allValues(log);
        check(found.equals(expected), "records differ: " + found.size() + " found, " + expected.size() + " expected");
        check(log.read(end(), Isolation.UNCOMMITTED, 1).records.sizeInBytes() == 0, "more at the end");
    }

    private void compareEpochs() {
        long at = startOffset;
        for (int i = 0; i < model.size(); i++) {
            Batch batch = model.get(i);
            boolean lastOfEpoch = i + 1 == model.size() || model.get(i + 1).epoch != batch.epoch;
            at = batch.endOffset();
            if (!lastOfEpoch) continue;
            OffsetAndEpoch end = log.endOffsetForEpoch(batch.epoch);
            check(end.equals(new OffsetAndEpoch(at, batch.epoch)), "epoch " + batch.epoch + " ends at " + end);
            boolean older = log.earliestSnapshotId()
                    .filter(id -> id.epoch() > batch.epoch)
                    .isPresent();
            if (older) continue;
            ValidOffsetAndEpoch valid = log.validateOffsetAndEpoch(at, batch.epoch);
            check(valid.kind() == ValidOffsetAndEpoch.Kind.VALID, valid + " at " + at);
        }
    }

    private void compareSnapshots() throws IOException {
        for (OffsetAndEpoch id : snapshots) {
            if (id.offset() < startOffset) continue;
            Optional<RawSnapshotReader> reader = log.readSnapshot(id);
            check(reader.isPresent() || id.equals(beingWritten), "snapshot " + id + " is missing");
            if (reader.isEmpty()) continue;
            List<String> values = RaftLogContract.values(reader.get().records());
            check(values.equals(List.of("0=image up to " + id.offset())), "snapshot " + id + " has " + values);
        }
        snapshots.removeIf(id -> log.readSnapshot(id).isEmpty());
        if (startOffset > 0) {
            check(log.earliestSnapshotId().isPresent(), "no snapshot");
            check(log.earliestSnapshotId().get().offset() == startOffset, "no snapshot at the start " + startOffset);
        }
    }

    private static void check(boolean holds, Object problem) {
        if (!holds) throw new AssertionError(problem);
    }
}
