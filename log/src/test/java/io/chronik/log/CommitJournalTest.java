package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.PartitionLog.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommitJournalTest {
    private static final Path DATA = Path.of("/data");
    private static final LogSettings SETTINGS = LogSettings.defaults();

    private final SimulatedDisk disk = new SimulatedDisk();
    private final List<Runnable> whenOld = new ArrayList<>();
    private final TestLogs logs = new TestLogs(disk, DATA).with(new AtOnceOrWhenOld());
    private final List<SegmentedLog> open = new ArrayList<>();

    /// The halves change places when the test wants it.
    private final class AtOnceOrWhenOld implements LogThreads.Background {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void after(long delayMs, Runnable task) {
            whenOld.add(task);
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void threeLogsWithOneDurableRecordEach() throws IOException {
        disk.createDirectories(DATA.resolve("partitions"));
        logs.with(LogStoreOptions.defaults().withJournalHalfBytes(64 << 10));
        openAll();
        for (SegmentedLog log : open) {
            append(log, "first");
            TestLogs.sync(log);
        }
    }

    private void openAll() throws IOException {
        open.clear();
        logs.begin();
        for (int i = 0; i < 3; i++) {
            open.add(logs.open(new TopicIdPartition(new Uuid(1, i), new TopicPartition("orders", i)), SETTINGS));
        }
    }

    private static void append(SegmentedLog log, String value) {
        var _ = log.appendAsLeader(Batches.of(1000, value), 1, Origin.CLIENT, 1000);
    }

    /// One round, in the journal alone.
    private void journal(SegmentedLog... some) throws IOException {
        assertThat(logs.services().journal().isReady()).isTrue();
        List<SyncTask> tasks = Stream.of(some).map(SegmentedLog::syncTask).toList();
        assertThat(logs.services().journal().sync(tasks)).isEmpty();
        for (int i = 0; i < tasks.size(); i++) some[i].onSynced(tasks.get(i));
    }

    private List<String> valuesAfterPowerCut(int log) throws IOException {
        disk.powerCut(new Random(7));
        openAll();
        return TestLogs.readAll(open.get(log).view(), 0);
    }

    @Test
    void whatWasJournaledIsThereAfterAPowerCutAlthoughNoFileWasSynced() throws IOException {
        // Given
        disk.faults((operation, path) -> {
            boolean ofALog = path.toString().endsWith(PartitionDirectory.LOG_SUFFIX);
            if (operation == SimulatedDisk.Operation.SYNC && ofALog) throw new IOException("not to be synced");
        });
        for (String value : List.of("second", "third")) {
            for (SegmentedLog log : open) append(log, value);
            journal(open.toArray(SegmentedLog[]::new));
        }
        assertThat(open)
                .allSatisfy(log -> assertThat(log.view().durableEndOffset()).isEqualTo(3));
        disk.faults(SimulatedDisk.Faults.NONE);

        // When
        List<String> values = valuesAfterPowerCut(1);

        // Then
        assertThat(values).containsExactly("0=first", "1=second", "2=third");
    }

    private void changeHalves() {
        List<Runnable> due = List.copyOf(whenOld);
        whenOld.clear();
        due.forEach(Runnable::run);
    }

    @Test
    void whatWasCutStaysCutAlthoughTheResetIsOverwrittenAndTheRoundBeforeItIsNot() throws IOException {
        // Given
        SegmentedLog cut = open.getFirst();
        SegmentedLog other = open.getLast();
        changeHalves();
        append(other, "second");
        journal(other);
        append(cut, "old");
        append(cut, "older");
        journal(cut);
        changeHalves();

        // When
        cut.truncateTo(1);
        append(cut, "a new one that is longer");
        for (int i = 0; i < 2; i++) {
            append(other, "and more");
            TestLogs.sync(cut);
            journal(other);
            changeHalves();
        }
        append(other, "over the reset");
        journal(other);

        // Then
        assertThat(valuesAfterPowerCut(0)).containsExactly("0=first", "1=a new one that is longer");
    }

    @Test
    void aRottenRoundTakesNoOtherWithIt() throws IOException {
        // Given
        append(open.get(0), "second");
        journal(open.get(0));
        append(open.get(1), "second");
        journal(open.get(1));
        byte[] journal = disk.content(DATA.resolve(CommitJournal.FILE));
        int firstRound = JournalRound.PAGE_BYTES;
        assertThat(JournalRound.claimedBytes(ByteBuffer.wrap(journal, firstRound, JournalRound.PAGE_BYTES)))
                .isEqualTo(JournalRound.PAGE_BYTES);

        // When
        disk.corrupt(DATA.resolve(CommitJournal.FILE), firstRound + 200, 1);

        // Then
        assertThat(valuesAfterPowerCut(1)).containsExactly("0=first", "1=second");
    }

    @Test
    void aSegmentWhoseNameIsNotDurableIsNotForTheJournal() throws IOException {
        // Given
        SegmentedLog fresh = logs.open(new TopicIdPartition(new Uuid(1, 9), new TopicPartition("orders", 9)), SETTINGS);
        append(fresh, "first");
        assertThat(logs.services().journal().isReady()).isTrue();

        // When
        SyncTask task = fresh.syncTask();

        // Then
        assertThat(logs.services().journal().sync(List.of(task))).containsExactly(task);
    }

    @Test
    void aTaskFromBeforeATruncationIsNotForTheJournal() throws IOException {
        // Given
        SegmentedLog log = open.getFirst();
        append(log, "second");
        assertThat(logs.services().journal().isReady()).isTrue();
        SyncTask task = log.syncTask();

        // When
        log.truncateTo(1);

        // Then
        assertThat(logs.services().journal().sync(List.of(task))).containsExactly(task);
    }
}
