package io.chronik.server.metadata;

import io.chronik.base.Lane;
import io.chronik.metadata.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.raft.Batch;
import org.apache.kafka.raft.BatchReader;
import org.apache.kafka.raft.Endpoints;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.raft.LeaderAndEpoch;
import org.apache.kafka.raft.MetadataLogConfig;
import org.apache.kafka.raft.NetworkChannel;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.raft.RaftClient;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.raft.internals.KafkaRaftLog;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.snapshot.SnapshotReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's part in the metadata quorum: the one class that knows Kafka's Raft library.
///
/// Runs the library on one thread of its own, which writes the log, applies what is committed to the
/// [image][AppliedImage] and tells the [follower][Events]. A second thread exists while a snapshot is written or old
/// files are deleted. Any failure on the Raft thread is fatal: a node that can't write or apply its metadata must stop.
public final class RaftHost implements AutoCloseable {
    /// What happens to the quorum, told on the Raft thread; must not block.
    public interface Events {
        /// A new epoch, or the leader of the present one is known. When this node leads, everything committed before is
        /// applied. `leaderId` is -1 while there is none.
        void onLeader(int leaderId, int epoch);
    }

    private static final Logger LOG = LoggerFactory.getLogger(RaftHost.class);
    private static final int SHUTDOWN_TIMEOUT_MS = 2_000;
    private static final int NO_LEADER = -1;

    private final NodeIdentity identity;
    private final AppliedImage image;
    private final Consumer<Throwable> onFatal;
    private final KafkaScheduler background;
    private final RaftLog log;
    private final KafkaRaftClient<RaftEntry> client;
    private final Proposals proposals;
    private final ImageSnapshots snapshots;
    private final Metrics metrics;
    private final Thread thread;

    /// Recovers the log, or fails; [start][#start] begins to take part.
    public RaftHost(
            NodeIdentity identity,
            MetadataDirectory directory,
            RaftSettings settings,
            NetworkChannel channel,
            Lane timers,
            AppliedImage image,
            Consumer<Throwable> onFatal) {
        this.identity = identity;
        this.image = image;
        this.onFatal = onFatal;
        this.background = new KafkaScheduler(1, true, "chronik-metadata-background-");
        this.background.startup();
        this.log = openLog(directory, settings);
        this.metrics = new Metrics();
        this.client = new KafkaRaftClient<>(
                OptionalInt.of(identity.nodeId()),
                identity.directoryId(),
                new RaftEntry.Serde(),
                channel,
                log,
                Time.SYSTEM,
                new LaneExpiration(timers),
                new LogContext("[raft " + identity.nodeId() + "] "),
                true,
                identity.clusterId(),
                List.of(settings.address()),
                Endpoints.fromInetSocketAddresses(
                        Map.of(ListenerName.normalised(settings.listener()), settings.address())),
                new SupportedVersionRange((short) 0, (short) 1),
                quorumConfig(settings));
        this.proposals = new Proposals(client);
        this.snapshots = new ImageSnapshots(client, log, background, settings.snapshotEntries());
        this.client.initialize(Map.of(), new QuorumStateFile(directory.quorumState()), metrics, ignored -> {});
        this.thread = new Thread(this::run, "chronik-raft");
    }

    public void start(Events events) {
        client.register(new Follower(events));
        thread.start();
    }

    /// Makes `commands` part of the log if this node leads in `epoch`. Completes with the index of the last one when
    /// all are committed and applied here, or with NOT_CONTROLLER. Proposals are committed in the order of the
    /// calls, and each of up to 4 MiB as one batch: all or nothing.
    public CompletableFuture<Long> propose(int epoch, List<Command> commands) {
        List<RaftEntry> entries = new ArrayList<>(commands.size());
        for (Command command : commands) entries.add(RaftEntry.of(command));
        return proposals.add(epoch, entries);
    }

    /// The library's own measurements (`kafka_server_raftmetrics_…`).
    public Metrics metrics() {
        return metrics;
    }

    /// Leaves the quorum in order; what is committed is on disk in any case.
    @Override
    public void close() {
        if (thread.isAlive()) {
            client.shutdown(SHUTDOWN_TIMEOUT_MS);
            join();
        }
        proposals.onEpoch(Integer.MAX_VALUE);
        try {
            background.shutdown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
        log.close();
        metrics.close();
    }

    private void run() {
        try {
            while (client.isRunning()) {
                client.poll();
                snapshots.afterPoll(image);
            }
        } catch (Throwable t) {
            LOG.atError().setCause(t).log("the metadata quorum failed on this node");
            proposals.onEpoch(Integer.MAX_VALUE);
            onFatal.accept(t);
        }
    }

    private void join() {
        try {
            thread.join(2L * SHUTDOWN_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private RaftLog openLog(MetadataDirectory directory, RaftSettings settings) {
        Map<String, Object> properties = new HashMap<>();
        boolean ordinary = settings.segmentBytes() >= KafkaRaftClient.MAX_BATCH_SIZE_BYTES;
        properties.put(
                ordinary
                        ? MetadataLogConfig.METADATA_LOG_SEGMENT_BYTES_CONFIG
                        : MetadataLogConfig.INTERNAL_METADATA_LOG_SEGMENT_BYTES_CONFIG,
                settings.segmentBytes());
        properties.put(MetadataLogConfig.METADATA_MAX_RETENTION_BYTES_CONFIG, settings.retentionBytes());
        try {
            RaftLog stock = KafkaRaftLog.createLog(
                    Topic.CLUSTER_METADATA_TOPIC_PARTITION,
                    Uuid.METADATA_TOPIC_ID,
                    directory.log().toFile(),
                    Time.SYSTEM,
                    background,
                    new MetadataLogConfig(new AbstractConfig(MetadataLogConfig.CONFIG_DEF, properties, false)),
                    identity.nodeId());
            return new DurableRaftLog(stock, new SegmentSync(directory.log()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static QuorumConfig quorumConfig(RaftSettings settings) {
        return new QuorumConfig(new AbstractConfig(
                QuorumConfig.CONFIG_DEF,
                Map.of(
                        QuorumConfig.QUORUM_LINGER_MS_CONFIG, settings.appendLingerMs(),
                        QuorumConfig.QUORUM_ELECTION_TIMEOUT_MS_CONFIG, settings.electionTimeoutMs(),
                        QuorumConfig.QUORUM_FETCH_TIMEOUT_MS_CONFIG, settings.fetchTimeoutMs()),
                false));
    }

    /// Takes what the library delivers, on its thread.
    private final class Follower implements RaftClient.Listener<RaftEntry> {
        private final Events events;

        Follower(Events events) {
            this.events = events;
        }

        @Override
        public void handleCommit(BatchReader<RaftEntry> reader) {
            try (reader) {
                while (reader.hasNext()) apply(reader.next());
            }
        }

        private void apply(Batch<RaftEntry> batch) {
            List<Command> commands =
                    batch.records().stream().map(RaftEntry::command).toList();
            image.apply(batch.lastOffset(), commands);
            snapshots.onApplied(batch);
            proposals.onApplied(batch.epoch(), batch.lastOffset());
        }

        @Override
        public void handleLoadSnapshot(SnapshotReader<RaftEntry> reader) {
            try (reader) {
                List<Command> commands = new ArrayList<>();
                while (reader.hasNext()) reader.next().forEach(entry -> commands.add(entry.command()));
                image.load(reader.lastContainedLogOffset(), commands);
                snapshots.onLoaded(reader);
            }
        }

        /// Snapshot 0-0 holds Raft's own records, nothing of ours.
        @Override
        public void handleLoadBootstrap(SnapshotReader<RaftEntry> reader) {
            reader.close();
        }

        @Override
        public void handleLeaderChange(LeaderAndEpoch leader) {
            proposals.onEpoch(leader.epoch());
            LOG.atInfo()
                    .addKeyValue("leader", leader.leaderId().orElse(NO_LEADER))
                    .addKeyValue("epoch", leader.epoch())
                    .log("metadata quorum has a leader or a new epoch");
            events.onLeader(leader.leaderId().orElse(NO_LEADER), leader.epoch());
        }
    }
}
