package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.log.PartitionLog.FollowerAppend.Appended;
import io.chronik.log.PartitionLog.FollowerAppend.Refused;
import io.chronik.log.PartitionLog.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What a follower does to its log.
class FollowerLogTest {
    private final SimulatedDisk disk = new SimulatedDisk();
    private final TestLogs logs = new TestLogs(disk, Path.of("/data"));
    private SegmentedLog follower;

    @BeforeEach
    void setUp() {
        disk.createDirectories(Path.of("/data/partitions"));
        follower = logs.open(TestLogs.segmentBytes(1000));
    }

    /// Three batches of two records each, of leader epoch 3, as the leader has them.
    private ByteBuffer fetched() throws IOException {
        SegmentedLog leader = logs.open(
                new TopicIdPartition(new Uuid(8, 8), new TopicPartition("leader", 0)), LogSettings.defaults());
        for (int i = 0; i < 3; i++) {
            var _ = leader.appendAsLeader(Batches.of(1000, "a" + i, "b" + i), 3, Origin.CLIENT, 1000);
        }
        try (LogSlice slice = leader.view().read(0, Long.MAX_VALUE, 1 << 20, true)) {
            return slice.copy();
        }
    }

    @Test
    void takesBatchesAsTheyAre() throws IOException {
        // When
        var answer = follower.appendAsFollower(MemoryRecords.readableRecords(fetched()), 2000);

        // Then
        assertThat(answer).isEqualTo(new Appended(6));
        assertThat(TestLogs.readAll(follower.view(), 0))
                .containsExactly("0=a0", "1=b0", "2=a1", "3=b1", "4=a2", "5=b2");
        assertThat(follower.view().epochAt(5)).hasValue(3);
        assertThat(follower.view().durableEndOffset()).isZero();
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("not a whole", (Consumer<ByteBuffer>) bytes -> bytes.limit(bytes.limit() - 1)),
                Arguments.of("checksum", (Consumer<ByteBuffer>) bytes -> bytes.put(bytes.limit() - 2, (byte) 'x')),
                Arguments.of("offsets", (Consumer<ByteBuffer>) bytes -> bytes.putLong(second(bytes), 1)),
                Arguments.of("epoch", (Consumer<ByteBuffer>) bytes -> bytes.putInt(second(bytes) + 12, 2)));
    }

    private static int second(ByteBuffer bytes) {
        return (int) BatchHeader.sizeBytes(bytes, 0);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void refusesAllOfWhatIsNotTheNext(String why, Consumer<ByteBuffer> change) throws IOException {
        // Given
        ByteBuffer bytes = fetched();
        change.accept(bytes);

        // When
        var answer = follower.appendAsFollower(MemoryRecords.readableRecords(bytes), 2000);

        // Then
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.why()).contains(why));
        assertThat(follower.view().endOffset()).isZero();
    }

    @Test
    void refusesWhatItHasAlready() throws IOException {
        // Given
        var _ = follower.appendAsFollower(MemoryRecords.readableRecords(fetched()), 2000);

        // When
        var answer = follower.appendAsFollower(MemoryRecords.readableRecords(fetched()), 2000);

        // Then
        assertThat(answer).isInstanceOf(Refused.class);
        assertThat(follower.view().endOffset()).isEqualTo(6);
    }

    /// It led in epoch 4 and got no record; the next leader has one of epoch 3 in that place.
    @Test
    void anEpochWithoutARecordThatACheckpointHasIsForgotten() throws IOException {
        // Given
        logs.with(TestLogs.options(1, LogStoreOptions.defaults().idleFileMs()));
        follower = logs.open(LogSettings.defaults());
        ByteBuffer fetched = fetched();
        ByteBuffer last = fetched.duplicate().position(2 * second(fetched)).slice();
        fetched.limit(2 * second(fetched));
        var _ = follower.appendAsFollower(MemoryRecords.readableRecords(fetched), 2000);
        follower.beginEpoch(4);
        TestLogs.sync(follower);
        logs.with(LogStoreOptions.defaults());
        follower = logs.open(LogSettings.defaults());
        assertThat(follower.appendAsFollower(MemoryRecords.readableRecords(last), 2000))
                .isEqualTo(new Appended(6));
        TestLogs.sync(follower);

        // When
        SegmentedLog reopened = logs.open(LogSettings.defaults());

        // Then
        assertThat(reopened.view().epochAt(5)).hasValue(3);
        assertThat(TestLogs.readAll(reopened.view(), 4)).containsExactly("4=a2", "5=b2");
    }

    @Test
    void beginsAnewWhereTheLeadersLogBegins() throws IOException {
        // Given
        for (int i = 0; i < 50; i++) {
            var _ = follower.appendAsLeader(Batches.idempotent(9, 0, i, "value " + i), 1, Origin.CLIENT, 2000);
        }
        TestLogs.sync(follower);

        // When
        follower.restartAt(1000);

        // Then
        assertThat(follower.view().startOffset()).isEqualTo(1000);
        assertThat(follower.view().endOffset()).isEqualTo(1000);
        assertThat(follower.view().producers()).isEmpty();
        SegmentedLog reopened = logs.open(TestLogs.segmentBytes(1000));
        assertThat(reopened.view().startOffset()).isEqualTo(1000);
        assertThat(reopened.view().endOffset()).isEqualTo(1000);
        assertThat(disk.list(logs.directory())).noneMatch(name -> name.endsWith(PartitionDirectory.LOG_SUFFIX));
    }

    @Test
    void beginsAnewInTheMiddleOfWhatItHas() throws IOException {
        // Given
        for (int i = 0; i < 50; i++) {
            var _ = follower.appendAsLeader(Batches.of(1000, "value " + i), 1, Origin.CLIENT, 2000);
        }

        // When
        follower.restartAt(20);

        // Then
        assertThat(follower.view().startOffset()).isEqualTo(20);
        var appended = follower.appendAsLeader(Batches.of(1000, "new"), 2, Origin.CLIENT, 2000);
        assertThat(appended).isEqualTo(new AppendResult.Appended(20, 20, -1));
        assertThat(TestLogs.readAll(follower.view(), 20)).containsExactly("20=new");
    }

    @Test
    void beginsAnewInTheMiddleOfABatchOfItsLeader() throws IOException {
        // Given
        follower.restartAt(1);

        // When
        var answer = follower.appendAsFollower(MemoryRecords.readableRecords(fetched()), 2000);

        // Then
        assertThat(answer).isEqualTo(new Appended(6));
        assertThat(follower.view().startOffset()).isEqualTo(1);
        TestLogs.sync(follower);
        SegmentedLog reopened = logs.open(TestLogs.segmentBytes(1000));
        assertThat(reopened.view().startOffset()).isEqualTo(1);
        assertThat(reopened.view().endOffset()).isEqualTo(6);
    }

    /// A replica would go on asking a log that refuses, in a process that should have ended (fsync is not to be
    /// retried).
    @Test
    void aSyncThatFailsWhileTheLogIsCutEndsTheProcess() throws IOException {
        for (boolean anew : List.of(false, true)) {
            for (int syncs = 0; ; syncs++) {
                // Given: nothing is durable, not even the directory
                SimulatedDisk failing = new SimulatedDisk();
                failing.createDirectories(Path.of("/data/partitions"));
                TestLogs run = new TestLogs(failing, Path.of("/data"));
                SegmentedLog log = run.open(TestLogs.segmentBytes(1000));
                for (int i = 0; i < 3; i++) {
                    var _ = log.appendAsLeader(Batches.of(1000, "a" + i, "b" + i), 3, Origin.CLIENT, 1000);
                }

                // When
                boolean[] failed = {false};
                int[] left = {syncs};
                failing.faults((operation, path) -> {
                    boolean sync = operation == SimulatedDisk.Operation.SYNC
                            || operation == SimulatedDisk.Operation.SYNC_DIRECTORY;
                    if (!sync || left[0]-- != 0) return;
                    failed[0] = true;
                    throw new IOException("EIO: " + path);
                });
                try {
                    if (anew) log.restartAt(100);
                    else log.truncateTo(2);
                } catch (LogFailure refused) {
                    assertThat(failed[0]).isTrue();
                }

                // Then
                if (!failed[0]) break;
                assertThat(run.syncFailures).as("sync %d", syncs).hasSize(1);
                assertThat(run.failure.get()).isNotNull();
            }
        }
    }

    @Test
    void aTruncationThatACrashCameIntoLeavesWhatWasBeforeOrLess() throws IOException {
        for (int operations = 0; operations < 40; operations++) {
            for (int seed = 0; seed < 20; seed++) {
                // Given: a log of several segments
                SimulatedDisk crashing = new SimulatedDisk();
                crashing.createDirectories(Path.of("/data/partitions"));
                TestLogs run = new TestLogs(crashing, Path.of("/data"));
                SegmentedLog log = run.open(TestLogs.segmentBytes(1000));
                for (int i = 0; i < 6; i++) {
                    var _ = log.appendAsLeader(Batches.of(1000, "x".repeat(600) + i), 3, Origin.CLIENT, 1000);
                }
                TestLogs.sync(log);
                List<String> before = TestLogs.readAll(log.view(), 0);

                // When
                int[] left = {operations};
                boolean once = seed % 2 == 0;
                crashing.faults((operation, path) -> {
                    int at = left[0]--;
                    if (at == 0 || (at < 0 && !once)) throw new IOException("crash");
                });
                int target = seed % 3;
                boolean done = truncates(log, target);
                crashing.faults(SimulatedDisk.Faults.NONE);
                crashing.powerCut(new Random(seed));

                // Then
                LogView after = run.open(TestLogs.segmentBytes(1000)).view();
                assertThat(after.startOffset()).isZero();
                assertThat(after.damaged()).isFalse();
                assertThat(after.endOffset()).isBetween((long) target, done ? target : 6L);
                assertThat(TestLogs.readAll(after, 0)).isEqualTo(before.subList(0, (int) after.endOffset()));
            }
        }
    }

    private static boolean truncates(SegmentedLog log, long endOffset) {
        try {
            log.truncateTo(endOffset);
            return true;
        } catch (LogFailure crash) {
            return false;
        }
    }

    @Test
    void aTruncationReadsOnlyWhatCameAfterTheLastCheckpointBeforeIt() throws IOException {
        // Given: an idempotent producer in a hundred segments
        for (int i = 0; i < 100; i++) {
            MemoryRecords records = Batches.idempotent(7, 0, i, "x".repeat(900) + i);
            var _ = follower.appendAsLeader(records, 3, Origin.CLIENT, 1000);
            TestLogs.sync(follower);
        }
        int[] reads = {0};
        disk.faults((operation, path) -> {
            if (operation == SimulatedDisk.Operation.READ && path.toString().endsWith(".log")) reads[0]++;
        });

        // When
        follower.truncateTo(98);

        // Then
        assertThat(reads[0]).isLessThan(10);
        assertThat(follower.appendAsLeader(Batches.idempotent(7, 0, 97, "x"), 3, Origin.CLIENT, 1000))
                .isInstanceOf(AppendResult.Duplicate.class);
        assertThat(follower.appendAsLeader(Batches.idempotent(7, 0, 99, "x"), 3, Origin.CLIENT, 1000))
                .isInstanceOf(AppendResult.Rejected.class);
        assertThat(follower.appendAsLeader(Batches.idempotent(7, 0, 98, "x"), 3, Origin.CLIENT, 1000))
                .isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void aTruncationThatMeetsRottenBytesLeavesALogThatRefuses() throws IOException {
        // Given
        for (int i = 0; i < 3; i++) {
            var _ = follower.appendAsLeader(Batches.idempotent(7, 0, i, "x".repeat(200) + i), 3, Origin.CLIENT, 1000);
        }
        TestLogs.sync(follower);
        disk.corrupt(logs.segment(0), (int) BatchHeader.sizeBytes(fileBytes(), 0) + BatchHeader.MAGIC_AT, 0x40);

        // When
        assertThatThrownBy(() -> follower.truncateTo(2)).isInstanceOf(LogFailure.class);

        // Then
        assertThatThrownBy(() -> follower.appendAsLeader(Batches.of(1000, "x"), 3, Origin.CLIENT, 1000))
                .isInstanceOf(LogFailure.class);
        assertThat(logs.syncFailures).isEmpty();
    }

    private ByteBuffer fileBytes() {
        return ByteBuffer.wrap(disk.content(logs.segment(0)));
    }

    @Test
    void aTruncationFarBackKnowsItsProducersToo() throws IOException {
        for (int i = 0; i < 20; i++) {
            var _ = follower.appendAsLeader(Batches.idempotent(7, 0, i, "x".repeat(900) + i), 3, Origin.CLIENT, 1000);
            TestLogs.sync(follower);
        }
        follower.truncateTo(3);
        assertThat(follower.appendAsLeader(Batches.idempotent(7, 0, 5, "x"), 3, Origin.CLIENT, 1000))
                .isInstanceOf(AppendResult.Rejected.class);
        assertThat(follower.appendAsLeader(Batches.idempotent(7, 0, 3, "x"), 3, Origin.CLIENT, 1000))
                .isInstanceOf(AppendResult.Appended.class);
    }
}
