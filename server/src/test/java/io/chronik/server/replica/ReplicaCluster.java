package io.chronik.server.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronik.log.DiskSyncer;
import io.chronik.log.FileDisk;
import io.chronik.log.FileLogStore;
import io.chronik.log.LogSettings;
import io.chronik.log.LogSlice;
import io.chronik.log.LogStoreOptions;
import io.chronik.log.LogView;
import io.chronik.metadata.ClusterImage;
import io.chronik.replication.Acks;
import io.chronik.replication.AppendOutcome;
import io.chronik.replication.Assignment;
import io.chronik.replication.Partition;
import io.chronik.server.api.PartitionLookup;
import io.chronik.server.controller.ControllerChannel;
import io.chronik.server.lane.Strands;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterPartitionRequest;
import org.apache.kafka.common.requests.AlterPartitionResponse;

/// Three nodes in one process: real partitions on real logs, an in-memory network, and a controller that does what it
/// is
/// asked on the right epochs.
final class ReplicaCluster implements AutoCloseable {
    static final int TIMEOUT_MS = 30_000;
    static final int NODES = 3;

    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    final Strands strands = new Strands((lane, failure) -> failures.add(new AssertionError(lane, failure)));
    final InMemoryNetwork network = new InMemoryNetwork(strands.lane("network")::execute);
    final Map<Integer, Node> nodes = new TreeMap<>();
    private final Map<TopicIdPartition, Assignment> assignments = new ConcurrentHashMap<>();
    private final Uuid topicId = Uuid.randomUuid();
    private final long maxLagMs;

    ReplicaCluster(Path directory, long maxLagMs, ReplicaFetchSettings settings) {
        this.maxLagMs = maxLagMs;
        for (int id = 1; id <= NODES; id++) nodes.put(id, new Node(id, directory.resolve("node-" + id), settings));
    }

    TopicIdPartition id(int partition) {
        return new TopicIdPartition(topicId, partition, "topic");
    }

    final class Node implements DiskSyncer.Listener {
        final int id;
        final AtomicLong epoch = new AtomicLong(1);
        final FileLogStore store;
        final Map<Integer, Partition> partitions = new ConcurrentHashMap<>();
        final ReplicaFetchers fetchers;

        Node(int id, Path directory, ReplicaFetchSettings settings) {
            this.id = id;
            this.store = FileLogStore.open(new FileDisk(), directory, LogStoreOptions.defaults(), this);
            var proposals = new IsrProposals(
                    id, epoch::get, new Controller(), strands.lane("proposals of " + id), ReplicationMeter.NONE);
            this.fetchers = new ReplicaFetchers(
                    id,
                    epoch::get,
                    network.of(id),
                    strands::lane,
                    settings,
                    proposals,
                    ReplicationMeter.NONE,
                    ReplicationThrottle.none());
            network.serve(
                    id,
                    new ReplicaFetchHandler(
                            this::find,
                            () -> ClusterImage.EMPTY,
                            strands::lane,
                            new Random(id),
                            maxLagMs,
                            ReplicationThrottle.none()));
        }

        private PartitionLookup.Found find(Uuid topic, int partition) {
            Partition found = topic.equals(topicId) ? partitions.get(partition) : null;
            return found == null
                    ? new PartitionLookup.Found.Missing(Errors.UNKNOWN_TOPIC_ID)
                    : new PartitionLookup.Found.Local(found);
        }

        Partition partition(int index) {
            Partition partition = partitions.get(index);
            if (partition == null) throw new IllegalStateException("no partition " + index + " on node " + id);
            return partition;
        }

        void open(int index, int minInSync) {
            TopicIdPartition partition = id(index);
            partitions.put(
                    index,
                    new Partition(
                            partition,
                            id,
                            strands.lane(partition + " on node " + id),
                            System::currentTimeMillis,
                            store.openOrCreate(partition, LogSettings.defaults(), 0),
                            store.syncer(),
                            fetchers,
                            minInSync,
                            maxLagMs,
                            0));
        }

        @Override
        public void onSyncFailed(Throwable cause) {
            failures.add(cause);
        }

        @Override
        public void onRound(int clients, long bytes, long durationNs) {}
    }

    Node node(int id) {
        Node node = nodes.get(id);
        if (node == null) throw new IllegalStateException("no node " + id);
        return node;
    }

    /// Creates a partition on all nodes, led by node 1, everybody in sync.
    void create(int partition, int minInSync) {
        for (Node node : nodes.values()) node.open(partition, minInSync);
        publish(id(partition), new Assignment(List.of(1, 2, 3), List.of(1, 2, 3), 1, 0, 0, -1));
    }

    void elect(int partition, int leader, Integer... isr) {
        Assignment now = assignment(partition);
        publish(
                id(partition),
                new Assignment(
                        now.replicas(), List.of(isr), leader, now.leaderEpoch() + 1, now.partitionEpoch() + 1, -1));
    }

    Assignment assignment(int partition) {
        Assignment found = assignments.get(id(partition));
        if (found == null) throw new IllegalStateException("no partition " + partition);
        return found;
    }

    private void publish(TopicIdPartition id, Assignment next) {
        assignments.put(id, next);
        for (Node node : nodes.values()) {
            Partition partition = node.partition(id.partition());
            partition.lane().execute(() -> partition.assign(next));
        }
    }

    CompletableFuture<AppendOutcome> append(int node, int partition, Acks acks, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(System.currentTimeMillis(), values[i].getBytes(UTF_8));
        }
        MemoryRecords batch = MemoryRecords.withRecords(Compression.NONE, records);
        CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
        Partition replica = node(node).partition(partition);
        replica.lane().execute(() -> replica.append(batch, acks, TIMEOUT_MS, outcome::complete));
        return outcome;
    }

    /// All bytes of the log.
    byte[] bytes(int node, int partition) {
        LogView log = node(node).partition(partition).view().log();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        long offset = log.startOffset();
        while (offset < log.endOffset()) {
            try (LogSlice slice = log.read(offset, log.endOffset(), 1 << 20, true)) {
                ByteBuffer copy = slice.copy();
                byte[] some = new byte[copy.remaining()];
                copy.duplicate().get(some);
                all.writeBytes(some);
                MemoryRecords records = MemoryRecords.readableRecords(copy);
                for (var batch : records.batches()) offset = batch.nextOffset();
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
        }
        return all.toByteArray();
    }

    boolean replicasAreEqual(int partition) {
        LogView first = node(1).partition(partition).view().log();
        for (Node node : nodes.values()) {
            LogView log = node.partition(partition).view().log();
            boolean same = log.endOffset() == first.endOffset()
                    && java.util.Arrays.equals(bytes(node.id, partition), bytes(1, partition));
            if (!same) return false;
        }
        return true;
    }

    /// Commits what fits the epochs, and tells every node.
    private final class Controller implements ControllerChannel {
        @Override
        public <R extends AbstractResponse> CompletableFuture<R> send(
                AbstractRequest.Builder<?> request, long timeoutMs, Class<R> type) {
            AlterPartitionRequestData asked =
                    ((AlterPartitionRequest) request.build(request.latestAllowedVersion())).data();
            AlterPartitionResponseData answer = new AlterPartitionResponseData();
            synchronized (assignments) {
                for (var topic : asked.topics()) {
                    List<AlterPartitionResponseData.PartitionData> answers = new ArrayList<>();
                    for (var partition : topic.partitions()) answers.add(decide(partition));
                    answer.topics()
                            .add(new AlterPartitionResponseData.TopicData()
                                    .setTopicId(topic.topicId())
                                    .setPartitions(answers));
                }
            }
            return CompletableFuture.completedFuture(type.cast(new AlterPartitionResponse(answer)));
        }

        private AlterPartitionResponseData.PartitionData decide(AlterPartitionRequestData.PartitionData asked) {
            Assignment now = assignment(asked.partitionIndex());
            var answer = new AlterPartitionResponseData.PartitionData().setPartitionIndex(asked.partitionIndex());
            if (asked.leaderEpoch() != now.leaderEpoch()) return answer.setErrorCode(Errors.FENCED_LEADER_EPOCH.code());
            if (asked.partitionEpoch() != now.partitionEpoch()) {
                return answer.setErrorCode(Errors.INVALID_UPDATE_VERSION.code());
            }
            List<Integer> isr = asked.newIsrWithEpochs().stream()
                    .map(AlterPartitionRequestData.BrokerState::brokerId)
                    .toList();
            publish(
                    id(asked.partitionIndex()),
                    new Assignment(now.replicas(), isr, now.leader(), now.leaderEpoch(), now.partitionEpoch() + 1, -1));
            return answer.setPartitionEpoch(now.partitionEpoch() + 1).setIsr(isr);
        }

        @Override
        public CompletableFuture<Void> barrier(long timeoutMs) {
            throw new UnsupportedOperationException();
        }
    }

    @Override
    public void close() {
        for (Node node : nodes.values()) {
            node.fetchers.close();
            for (Partition partition : node.partitions.values()) {
                CompletableFuture<Void> closed = new CompletableFuture<>();
                partition.lane().execute(() -> {
                    partition.close();
                    closed.complete(null);
                });
                closed.join();
            }
            node.store.close();
        }
        strands.close();
    }
}
