package io.chronik.server.groups;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.DiskSyncer;
import io.chronik.log.FileDisk;
import io.chronik.log.FileLogStore;
import io.chronik.log.LogSettings;
import io.chronik.log.LogStore;
import io.chronik.log.LogStoreOptions;
import io.chronik.replication.Assignment;
import io.chronik.replication.FollowerPosition;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionPeers;
import io.chronik.server.lane.VirtualTime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A coordinator hears of an election only when its partition knows all that was acknowledged.
class CoordinatorElectionsTest {
    private static final int SELF = 1;

    private final VirtualTime time = new VirtualTime();
    private final List<String> told = new ArrayList<>();
    private final CoordinatorElections elections = new CoordinatorElections(new CoordinatorElections.Coordinator() {
        @Override
        public void onElection(int partition, int leaderEpoch) {
            told.add("elected " + partition + " in " + leaderEpoch);
        }

        @Override
        public void onResignation(int partition, OptionalInt leaderEpoch) {
            told.add("resigned " + partition + (leaderEpoch.isPresent() ? " in " + leaderEpoch.getAsInt() : ""));
        }
    });
    private final LinkedBlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private LogStore store;

    @TempDir
    Path directory;

    @BeforeEach
    void open() {
        store = FileLogStore.open(new FileDisk(), directory, LogStoreOptions.defaults(), new DiskSyncer.Listener() {
            @Override
            public void onSyncFailed(Throwable cause) {
                failures.add(cause);
            }

            @Override
            public void onRound(int clients, long bytes, long durationNs) {}
        });
    }

    @AfterEach
    void close() throws Exception {
        store.syncer().close();
        store.close();
        assertThat(failures).isEmpty();
    }

    private Partition partition(Uuid topicId, String topic) {
        TopicIdPartition id = new TopicIdPartition(topicId, 3, topic);
        return new Partition(
                id,
                SELF,
                time.lane(),
                System::currentTimeMillis,
                store.openOrCreate(id, LogSettings.defaults(), 0),
                store.syncer(),
                PartitionPeers.NONE,
                1,
                10_000,
                0);
    }

    private void assign(Partition partition, int leader, int epoch, Integer... isr) {
        partition.lane().execute(() -> {
            partition.assign(new Assignment(List.of(1, 2), List.of(isr), leader, epoch, epoch, -1));
            if (partition.view().leading()) elections.onLeading(partition, epoch);
            else elections.onNotLeading(partition, epoch);
        });
        time.settle();
    }

    private void append(Partition partition) {
        partition.lane().execute(() -> {
            Partition.CoordinatorAppend appended = partition.appendAsCoordinator(MemoryRecords.withRecords(
                    Compression.NONE, new SimpleRecord("k".getBytes(UTF_8), "v".getBytes(UTF_8))));
            assertThat(appended).isInstanceOf(Partition.CoordinatorAppend.Appended.class);
        });
        time.settle();
    }

    /// The other replica has all of the leader's log, durably.
    private void caughtUp(Partition partition) {
        partition.lane().execute(() -> {
            var view = partition.view();
            partition.onFollowerFetch(new FollowerPosition(
                    2, 9, view.leaderEpoch(), view.log().endOffset(), view.log().lastEpoch(), 0));
        });
        time.settle();
    }

    /// Waits for the syncer's thread, which reports on the partition's lane.
    private void awaitDurable(Partition partition) {
        Awaitility.await().until(() -> {
            time.settle();
            return partition.view().log().durableEndOffset()
                    == partition.view().log().endOffset();
        });
    }

    @Test
    void itWaitsForTheHighWatermark() {
        Partition partition = partition(Uuid.randomUuid(), Topic.GROUP_METADATA_TOPIC_NAME);
        assign(partition, SELF, 1, 1, 2);
        append(partition); // The other replica does not have it yet.
        awaitDurable(partition);
        told.clear();
        // When it leads again, with a follower that may have more or less
        assign(partition, SELF, 2, 1, 2);
        // Then
        assertThat(told).doesNotContain("elected 3 in 2");
        // When
        caughtUp(partition);
        // Then
        assertThat(told).containsExactly("resigned 3 in 2", "elected 3 in 2");
        caughtUp(partition);
        assertThat(told).hasSize(2);
    }

    @Test
    void itBeginsAnewWhenTheLeaderStaysInANewEpoch() {
        Partition partition = partition(Uuid.randomUuid(), Topic.GROUP_METADATA_TOPIC_NAME);
        assign(partition, SELF, 1, 1);
        // When a reassignment is complete
        assign(partition, SELF, 2, 1);
        // Then
        assertThat(told).containsExactly("elected 3 in 1", "resigned 3 in 2", "elected 3 in 2");
    }

    @Test
    void anElectionThatIsOverBeforeThatIsNeverTold() {
        Partition partition = partition(Uuid.randomUuid(), Topic.GROUP_METADATA_TOPIC_NAME);
        assign(partition, SELF, 1, 1, 2);
        append(partition); // The other replica does not have it yet.
        awaitDurable(partition);
        told.clear();
        assign(partition, SELF, 2, 1, 2);
        assign(partition, 2, 3, 1, 2);
        assertThat(told).containsExactly("resigned 3 in 2", "resigned 3 in 3");
        assign(partition, SELF, 4, 1, 2);
        caughtUp(partition);
        assertThat(told).containsExactly("resigned 3 in 2", "resigned 3 in 3", "elected 3 in 4");
    }

    @Test
    void aTopicThatWasMadeAgainIsAnotherOne() {
        Partition before = partition(Uuid.randomUuid(), Topic.GROUP_METADATA_TOPIC_NAME);
        Partition after = partition(Uuid.randomUuid(), Topic.GROUP_METADATA_TOPIC_NAME);
        assign(before, SELF, 7, 1);
        assign(after, SELF, 0, 1);
        // When the old one's end is told late
        before.lane().execute(() -> elections.onNotLeading(before, 8));
        time.settle();
        // Then
        assertThat(told).containsExactly("elected 3 in 7", "resigned 3", "elected 3 in 0");
    }

    @Test
    void otherTopicsAreNotItsBusiness() {
        assign(partition(Uuid.randomUuid(), "t"), SELF, 1, 1);
        assertThat(told).isEmpty();
    }
}
