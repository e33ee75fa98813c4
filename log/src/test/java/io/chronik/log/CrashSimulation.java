package io.chronik.log;

import io.chronik.log.SimulatedLog.Asked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Some logs of one directory under one seed: appends, syncs in every way that there is, rolls, retention, truncations,
/// deletions, full disks, failed syncs, kills, power cuts (also while a start recovers), on a [SimulatedDisk], compared
/// with a model after every restart.
///
/// More seeds: `java -cp … io.chronik.log.CrashSimulation FIRST_SEED COUNT`.
final class CrashSimulation {
    private static final Path DATA = Path.of("/data");
    private static final int STEPS = 150;
    private static final int MAX_LOGS = 4;

    /// More than the largest round of all logs.
    private static final int ROUND_BYTES = 16 << 10;

    private final long seed;
    private final Random random;

    private final SimulatedDisk disk = new SimulatedDisk();
    private final TestLogs logs;
    private final LogSettings settings;
    private final List<SimulatedLog> all = new ArrayList<>();
    private final JournalThread journalThread = new JournalThread();
    private final int journalHalfBytes;

    /// How often a round is of the whole file system, or of the commit journal.
    private final int togetherPercent;

    private final int journaledPercent;

    /// How many of the crashes that the dice would have do not happen. Without a long life of one process the halves of
    /// the journal are not written again and again.
    private final int calmPercent;

    private long nowMs = 10_000;

    /// Syncs files when the simulation says so, which is before anybody would have to wait for it.
    private static final class JournalThread implements LogThreads.Background {
        @Nullable
        Runnable pending;

        /// That the journal may have been given since then.
        int bytesSince;

        private final List<Runnable> delayed = new ArrayList<>();

        @Override
        public void execute(Runnable task) {
            pending = task;
            bytesSince = 0;
        }

        @Override
        public void after(long delayMs, Runnable task) {
            delayed.add(task);
        }

        void runPending() {
            Runnable task = pending;
            pending = null;
            if (task != null) task.run();
        }

        void runDelayed() {
            List<Runnable> due = List.copyOf(delayed);
            delayed.clear();
            due.forEach(Runnable::run);
        }

        void kill() {
            pending = null;
            delayed.clear();
        }

        @Override
        public void close() {}
    }

    CrashSimulation(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.settings = TestLogs.segmentBytes(7000 + random.nextInt(8000));
        this.journalHalfBytes = ROUND_BYTES * (2 + random.nextInt(4));
        LogStoreOptions d = LogStoreOptions.defaults();
        this.logs = new TestLogs(disk, DATA)
                .with(journalThread)
                .with(new LogStoreOptions(
                        2,
                        300,
                        Long.MAX_VALUE / 4,
                        1000,
                        1,
                        1,
                        300 + random.nextInt(5000),
                        d.quarantineMs(),
                        d.idleFileMs(),
                        journalHalfBytes));
        this.togetherPercent = random.nextInt(3) * 30;
        this.journaledPercent = random.nextInt(4) * 30;
        this.calmPercent = random.nextInt(3) * 49;
        disk.createDirectories(DATA.resolve("partitions"));
    }

    public static void main(String[] arguments) {
        long first = Long.parseLong(arguments[0]);
        long count = Long.parseLong(arguments[1]);
        for (long seed = first; seed < first + count; seed++) new CrashSimulation(seed).run();
        System.out.println(count + " seeds passed");
    }

    void run() {
        try {
            for (int i = 1 + random.nextInt(MAX_LOGS); i > 0; i--) {
                TopicIdPartition id = new TopicIdPartition(new Uuid(7, i), new TopicPartition("orders", i));
                all.add(new SimulatedLog(id, random, logs.open(id, settings)));
            }
            for (int i = 0; i < STEPS * all.size(); i++) {
                step(any());
                sweepSometimes();
            }
            restart(true);
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private SimulatedLog any() {
        return all.get(random.nextInt(all.size()));
    }

    private void step(SimulatedLog log) throws IOException {
        nowMs += random.nextInt(50);
        int dice = random.nextInt(1000);
        if (dice >= 910 && random.nextInt(100) < calmPercent) dice = random.nextInt(910);
        if (dice < 600) log.append(random.nextInt(3), nowMs);
        else if (dice < 780) sync(List.of());
        else if (dice < 800) syncWhileAppending();
        else if (dice < 820) log.duplicate();
        else if (dice < 840) log.deleteRecords();
        else if (dice < 865) log.retention(nowMs);
        else if (dice < 875) truncate(log);
        else if (dice < 877) restartAt(log);
        else if (dice < 880) deleteAndCreate(log);
        else if (dice < 890) log.beginEpoch();
        else if (dice < 910) fullDisk(log);
        else if (dice < 920) failedSync(log);
        else if (dice < 940) closeAndOpen();
        else restart(dice < 970);
    }

    /// As it is done every few seconds: files that nobody uses are closed, those with something unsynced never.
    private void sweepSometimes() {
        for (int i = random.nextInt(4); i > 1; i--) logs.services().openFiles().sweep();
        if (random.nextInt(4) == 0) journalThread.runPending();
        if (random.nextInt(100) == 0) {
            journalThread.runPending();
            journalThread.runDelayed();
        }
        List<Path> hidden = disk.closedUnsynced().stream()
                .filter(path -> path.toString().endsWith(PartitionDirectory.LOG_SUFFIX))
                .toList();
        check(hidden.isEmpty(), "closed with unsynced writes: " + hidden);
    }

    /// Some logs together, after `during` has happened.
    private void sync(List<Runnable> during) throws IOException {
        List<Asked> asked = new ArrayList<>();
        for (SimulatedLog log : all) if (all.size() == 1 || random.nextInt(3) > 0) asked.add(log.ask());
        during.forEach(Runnable::run);
        make(asked.stream().map(Asked::task).toList());
        asked.forEach(Asked::onDone);
    }

    /// By one of the ways that a round has.
    private void make(List<SyncTask> tasks) throws IOException {
        List<SyncTask> left = random.nextInt(100) < journaledPercent ? journal(tasks) : tasks;
        if (random.nextInt(100) >= togetherPercent) for (SyncTask task : left) task.sync();
        else AdaptiveSyncRound.syncTogether(disk.fileSystemSync(DATA).orElseThrow(), left);
    }

    private List<SyncTask> journal(List<SyncTask> tasks) throws IOException {
        CommitJournal journal = logs.services().journal();
        if (!journal.isReady()) journalThread.runPending();
        journalThread.bytesSince += ROUND_BYTES;
        if (journalThread.bytesSince + ROUND_BYTES > journalHalfBytes) journalThread.runPending();
        return journal.sync(tasks);
    }

    private void syncWhileAppending() throws IOException {
        sync(List.of(() -> any().append(0, nowMs), () -> any().append(1, nowMs)));
    }

    private void truncate(SimulatedLog log) {
        journalThread.runPending();
        log.truncate();
    }

    private void restartAt(SimulatedLog log) {
        journalThread.runPending();
        log.restartAt();
    }

    private void deleteAndCreate(SimulatedLog log) throws IOException {
        journalThread.runPending();
        log.delete();
        disk.forgetClosedUnsynced();
        // Else the old one may come back.
        disk.syncDirectory(DATA.resolve("partitions"));
        log.create(logs, settings);
    }

    private void fullDisk(SimulatedLog log) {
        disk.capacity(disk.usedBytes() + random.nextInt(300));
        log.appendUntilFull(nowMs);
        disk.capacity(Long.MAX_VALUE);
    }

    private void failedSync(SimulatedLog log) throws IOException {
        journalThread.runPending();
        log.append(0, nowMs);
        disk.faults((operation, path) -> {
            if (operation == SimulatedDisk.Operation.SYNC || operation == SimulatedDisk.Operation.SYNC_FILE_SYSTEM)
                throw new IOException("Input/output error");
        });
        try {
            make(List.of(log.ask().task()));
            check(false, "a failed sync was not reported");
        } catch (IOException expected) {
            disk.faults(SimulatedDisk.Faults.NONE);
        }
        all.forEach(SimulatedLog::refusesAppends);
        restart(random.nextBoolean());
    }

    private void closeAndOpen() throws IOException {
        journalThread.runPending();
        all.forEach(SimulatedLog::close);
        if (random.nextInt(4) > 0) {
            logs.services().journal().close();
            if (random.nextInt(4) > 0) logs.services().closedLogs().write();
        }
        if (random.nextBoolean()) disk.kill();
        else disk.powerCut(random);
        open();
    }

    private void restart(boolean powerCut) throws IOException {
        if (powerCut) disk.powerCut(random);
        else disk.kill();
        if (random.nextInt(4) == 0) crashWhileOpening();
        open();
    }

    private void crashWhileOpening() throws IOException {
        int[] left = {random.nextInt(60)};
        disk.faults((operation, path) -> {
            if (left[0]-- <= 0) throw new IOException("the machine is gone");
        });
        try {
            begin();
            for (SimulatedLog log : all) logs.open(log.id, settings);
        } catch (IOException | UncheckedIOException expected) {
            // So much had been done.
        }
        disk.faults(SimulatedDisk.Faults.NONE);
        disk.powerCut(random);
    }

    private void begin() throws IOException {
        logs.failure.set(null);
        journalThread.kill();
        logs.syncBeforeOpen(random.nextBoolean());
        logs.begin();
    }

    private void open() throws IOException {
        begin();
        for (SimulatedLog log : all) log.open(logs, settings);
    }

    private static void check(boolean holds, Object problem) {
        if (!holds) throw new AssertionError(String.valueOf(problem));
    }
}
