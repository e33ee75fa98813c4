package io.chronik.server.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronik.log.DiskSyncer;
import io.chronik.log.FileDisk;
import io.chronik.log.FileLogStore;
import io.chronik.log.LogSettings;
import io.chronik.log.LogStoreOptions;
import io.chronik.replication.Acks;
import io.chronik.replication.AppendOutcome;
import io.chronik.replication.Assignment;
import io.chronik.replication.FetchPoint;
import io.chronik.replication.IsrProposal;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionPeers;
import io.chronik.server.api.PartitionLookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Node 1 with real partitions on real logs, under virtual time; its peers are remembered and not asked.
final class OneNode implements AutoCloseable, DiskSyncer.Listener, PartitionPeers {
    static final int SELF = 1;
    static final int OTHER = 2;
    static final long MAX_LAG_MS = 10_000;

    final Uuid topicId = Uuid.randomUuid();
    final VirtualTime time = new VirtualTime();
    final RoundSyncer syncer = new RoundSyncer();
    final Map<Integer, Partition> partitions = new TreeMap<>();
    final Map<Integer, VirtualTime.Strand> lanes = new TreeMap<>();
    final List<FetchPoint> points = new ArrayList<>();
    final List<IsrProposal> proposals = new ArrayList<>();
    final List<AppendOutcome> outcomes = new ArrayList<>();
    private final FileLogStore store;

    OneNode(Path directory) {
        store = FileLogStore.open(new FileDisk(), directory, LogStoreOptions.defaults(), this);
    }

    private Partition open(int index) {
        VirtualTime.Strand lane = time.lane();
        lanes.put(index, lane);
        TopicIdPartition id = new TopicIdPartition(topicId, index, "topic");
        Partition partition = new Partition(
                id,
                SELF,
                lane,
                () -> 1_000,
                store.openOrCreate(id, LogSettings.defaults(), 0),
                syncer,
                this,
                1,
                MAX_LAG_MS,
                0);
        partitions.put(index, partition);
        return partition;
    }

    Partition leader(int index, int epoch) {
        Partition partition = open(index);
        assign(partition, SELF, epoch, List.of(SELF, OTHER));
        return partition;
    }

    Partition follower(int index, int epoch) {
        Partition partition = open(index);
        assign(partition, OTHER, epoch, List.of(SELF, OTHER));
        return partition;
    }

    static void assign(Partition partition, int leader, int epoch, List<Integer> isr) {
        partition
                .lane()
                .execute(() -> partition.assign(new Assignment(List.of(SELF, OTHER), isr, leader, epoch, epoch, -1)));
    }

    void append(Partition partition, String... values) {
        partition.lane().execute(() -> partition.append(batch(values), Acks.ALL, 30_000, outcomes::add));
    }

    static MemoryRecords batch(String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) records[i] = new SimpleRecord(1_000, values[i].getBytes(UTF_8));
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    VirtualTime.Strand laneOf(int index) {
        VirtualTime.Strand lane = lanes.get(index);
        if (lane == null) throw new IllegalStateException("no partition " + index);
        return lane;
    }

    PartitionLookup.Found find(Uuid topic, int index) {
        Partition found = topic.equals(topicId) ? partitions.get(index) : null;
        return found == null
                ? new PartitionLookup.Found.Missing(Errors.UNKNOWN_TOPIC_ID)
                : new PartitionLookup.Found.Local(found);
    }

    @Override
    public void fetchNext(Partition partition, FetchPoint point) {
        points.add(point);
    }

    @Override
    public void stopFetching(TopicIdPartition id) {}

    @Override
    public void proposeIsr(Partition partition, IsrProposal proposal) {
        proposals.add(proposal);
    }

    @Override
    public void onSyncFailed(Throwable cause) {
        throw new AssertionError(cause);
    }

    @Override
    public void onRound(int clients, long bytes, long durationNs) {}

    @Override
    public void close() {
        for (Partition partition : partitions.values()) partition.close();
        store.close();
    }
}
