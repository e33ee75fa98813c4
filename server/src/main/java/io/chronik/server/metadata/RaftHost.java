package io.chronik.server.metadata;

import io.chronik.base.Lane;
import io.chronik.log.FileDisk;
import io.chronik.metadata.Command;
import io.chronik.server.config.HostPort;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.raft.Batch;
import org.apache.kafka.raft.BatchReader;
import org.apache.kafka.raft.ChronikRaftClients;
import org.apache.kafka.raft.Endpoints;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.raft.LeaderAndEpoch;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.raft.RaftClient;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.raft.RaftRequest;
import org.apache.kafka.raft.RaftUtil;
import org.apache.kafka.raft.ReplicaKey;
import org.apache.kafka.raft.internals.BatchMemoryPool;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.snapshot.SnapshotReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's part in the metadata quorum: the one class that knows Kafka's Raft library.
///
/// Runs the library on one thread of its own, which writes the log, applies what is committed to the
/// [image][AppliedImage] and tells the [follower][Events]. A second thread exists while a snapshot is written or old
/// files are deleted. Any failure on the Raft thread is fatal: a node that can't write or apply its metadata must stop.
public final class RaftHost implements MetadataLog, AutoCloseable {
    /// What happens to the quorum, told on the Raft thread; must not block.
    public interface Events {
        /// A new epoch, or the leader of the present one is known. When this node leads, everything committed before is
        /// applied. `leaderId` is -1 while there is none.
        void onLeader(int leaderId, int epoch);
    }

    private static final Logger LOG = LoggerFactory.getLogger(RaftHost.class);
    private static final int SHUTDOWN_TIMEOUT_MS = 2_000;
    private static final int RETAINED_BUFFERS = 2;
    private static final long NEVER = Long.MAX_VALUE;

    private final NodeIdentity identity;
    private final MetadataDirectory directory;
    private final ListenerName listener;
    private final long recoveredIndex;
    private final RaftTransport transport;
    private final AppliedImage image;
    private final Consumer<Throwable> onFatal;
    private final KafkaScheduler background;
    private final RaftLog log;
    private final KafkaRaftClient<RaftEntry> client;
    private final Proposals proposals;
    private final ImageSnapshots snapshots;
    private final Metrics metrics;
    private final AppliedIndex applied = new AppliedIndex();
    private final AtomicInteger correlationIds = new AtomicInteger();
    private final Succession succession = new Succession();
    private final Thread thread;
    /// End of the log when this directory was first seen to be a voter; of the Raft thread, as the next one.
    private long voterSince = NEVER;

    private boolean remembered;
    private volatile Leader leader = new Leader(Leader.NONE, 0);

    /// Recovers the log, or fails; [start][#start] begins to take part.
    public RaftHost(
            NodeIdentity identity,
            MetadataDirectory directory,
            RaftSettings settings,
            RaftTransport transport,
            Lane timers,
            AppliedImage image,
            Consumer<Throwable> onFatal) {
        this.identity = identity;
        this.directory = directory;
        this.transport = transport;
        this.listener = ListenerName.normalised(settings.listener());
        this.image = image;
        this.onFatal = onFatal;
        this.background = new KafkaScheduler(1, true, "chronik-metadata-background-");
        this.background.startup();
        this.log = RaftLogs.open(directory, settings.sizes());
        this.recoveredIndex = log.endOffset().offset() - 1;
        this.metrics = new Metrics();
        this.client = ChronikRaftClients.create(
                new ChronikRaftClients.Self(
                        identity.nodeId(),
                        identity.directoryId(),
                        identity.clusterId(),
                        Endpoints.fromInetSocketAddresses(Map.of(listener, settings.address())),
                        bootstrap(settings)),
                new RaftEntry.Serde(),
                new ChronikRaftClients.Parts(
                        transport,
                        new PatientQueue(),
                        log,
                        new BatchMemoryPool(RETAINED_BUFFERS, KafkaRaftClient.MAX_BATCH_SIZE_BYTES),
                        Time.SYSTEM,
                        new LaneExpiration(timers),
                        new Random()),
                settings.times().fetchWait(),
                new Quorum(settings),
                new LogContext("[raft " + identity.nodeId() + "] "));
        this.proposals = new Proposals(client);
        this.snapshots = new ImageSnapshots(
                client,
                log,
                background,
                SnapshotSchedule.of(identity.nodeId(), settings.sizes().snapshotEntries()));
        this.client.initialize(
                Map.of(), new QuorumStateFile(new FileDisk(), directory.quorumState()), metrics, ignored -> {});
        this.thread = new Thread(this::run, "chronik-raft");
    }

    public void start(Events events) {
        remembered = directory.wasVoter();
        client.register(new Follower(events));
        transport.watch(this);
        thread.start();
    }

    @Override
    public Leader leader() {
        return leader;
    }

    /// Proposals are committed in the order of the calls, and each of up to 4 MiB as one batch: all or nothing.
    @Override
    public CompletableFuture<Long> propose(int epoch, List<Command> commands) {
        List<RaftEntry> entries = new ArrayList<>(commands.size());
        for (Command command : commands) entries.add(RaftEntry.of(command));
        return proposals.add(epoch, entries);
    }

    @Override
    public long appliedIndex() {
        return applied.get();
    }

    @Override
    public CompletableFuture<Void> applied(long index) {
        return applied.reached(index);
    }

    @Override
    public CompletionStage<ApiMessage> handle(String fromListener, short version, ApiMessage request) {
        return client.handle(new RaftRequest.Inbound(
                        ListenerName.normalised(fromListener),
                        correlationIds.incrementAndGet(),
                        version,
                        request,
                        Time.SYSTEM.milliseconds()))
                .thenApply(answer -> RaftRecords.inMemory(answer.data()));
    }

    @Override
    public void resign(int epoch) {
        LeaderAndEpoch present = client.leaderAndEpoch();
        if (present.epoch() == epoch && present.isLeader(identity.nodeId())) client.resign(epoch);
    }

    /// The last index found on the disk; -1: none.
    public long recoveredIndex() {
        return recoveredIndex;
    }

    /// The library itself notices only silence. So this node tells itself, in the leader's place, that the leader
    /// leaves: that is what a leader which stops says, and it shortens the wait of this node to its turn in the
    /// [succession][Succession]. A majority that still hears the leader refuses the election, whoever begins it.
    @Override
    public void onLeaderGone(Leader gone) {
        LeaderAndEpoch present = client.leaderAndEpoch();
        if (!present.isLeader(gone.nodeId()) || present.epoch() != gone.epoch()) return;
        if (gone.nodeId() == identity.nodeId() || !ChronikRaftClients.isVoter(client)) return;
        List<Integer> voters =
                image.current().nodes().keySet().stream().filter(this::isVoter).toList();
        List<Integer> candidates = succession.next(gone, identity.nodeId(), voters, Time.SYSTEM.milliseconds());
        if (candidates.isEmpty()) return;
        LOG.atInfo()
                .addKeyValue("leader", gone.nodeId())
                .addKeyValue("epoch", gone.epoch())
                .addKeyValue("candidates", candidates)
                .log("the metadata leader's process is gone");
        EndQuorumEpochRequestData farewell = RaftUtil.singletonEndQuorumEpochRequest(
                log.topicPartition(),
                identity.clusterId(),
                gone.epoch(),
                gone.nodeId(),
                candidates.stream()
                        .map(id -> ReplicaKey.of(id, ReplicaKey.NO_DIRECTORY_ID))
                        .toList());
        var _ = handle(listener.value(), ApiKeys.END_QUORUM_EPOCH.latestVersion(), farewell);
    }

    @Override
    public Optional<HostPort> voterAddress(int nodeId) {
        return client.voterNode(nodeId, listener).map(node -> new HostPort(node.host(), node.port()));
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
        applied.close();
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
                rememberVote();
                snapshots.afterPoll(image);
            }
        } catch (Throwable t) {
            LOG.atError().setCause(t).log("the metadata quorum failed on this node");
            proposals.onEpoch(Integer.MAX_VALUE);
            applied.close();
            onFatal.accept(t);
        }
    }

    /// That this directory is a voter counts once it can't be taken back any more.
    private void rememberVote() {
        if (remembered) return;
        if (!ChronikRaftClients.isVoter(client)) {
            voterSince = NEVER;
            return;
        }
        voterSince = Math.min(voterSince, log.endOffset().offset());
        if (log.highWatermark().offset() < voterSince) return;
        directory.becameVoter();
        remembered = true;
    }

    private boolean isVoter(int nodeId) {
        return client.voterNode(nodeId, listener).isPresent();
    }

    private void join() {
        try {
            thread.join(2L * SHUTDOWN_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Where the leader is looked for: at the members that the operator named, who may have left since, and at the
    /// voters of the time when this node stopped. A voter is also found by the leader, who only follows is not.
    private List<InetSocketAddress> bootstrap(RaftSettings settings) {
        Set<InetSocketAddress> members = new LinkedHashSet<>(settings.bootstrap());
        boolean alone = directory.founded() && members.isEmpty();
        if (!alone) {
            RecoveredLog.otherVoters(log, identity, settings.listener())
                    .forEach(voter -> members.add(InetSocketAddress.createUnresolved(voter.host(), voter.port())));
        }
        // The library wants one; this node asks itself in vain.
        return members.isEmpty() ? List.of(settings.address()) : List.copyOf(members);
    }

    private static AbstractConfig config(RaftSettings settings) {
        RaftSettings.Times times = settings.times();
        return new AbstractConfig(
                QuorumConfig.CONFIG_DEF,
                Map.of(
                        QuorumConfig.QUORUM_LINGER_MS_CONFIG, times.appendLinger(),
                        QuorumConfig.QUORUM_ELECTION_TIMEOUT_MS_CONFIG, times.election(),
                        QuorumConfig.QUORUM_ELECTION_BACKOFF_MAX_MS_CONFIG, times.electionBackoff(),
                        QuorumConfig.QUORUM_FETCH_TIMEOUT_MS_CONFIG, times.fetch(),
                        QuorumConfig.QUORUM_REQUEST_TIMEOUT_MS_CONFIG, times.request(),
                        QuorumConfig.QUORUM_RETRY_BACKOFF_MS_CONFIG, times.retry(),
                        QuorumConfig.QUORUM_FETCH_MAX_BYTES_CONFIG,
                                settings.sizes().fetchBytes(),
                        QuorumConfig.QUORUM_FETCH_SNAPSHOT_MAX_BYTES_CONFIG,
                                settings.sizes().fetchSnapshotBytes()),
                false);
    }

    /// The library asks again and again whether it shall join, so the answer may change.
    private final class Quorum extends QuorumConfig {
        /// Of the Raft thread.
        private boolean joins;

        Quorum(RaftSettings settings) {
            super(config(settings));
            this.joins = settings.autoJoin();
        }

        /// Who was a voter and is none has been removed, and stays so. A node whose number is a voter's has got
        /// another disk: it first has that seat removed, and then takes one again.
        @Override
        public boolean autoJoin() {
            if (directory.wasVoter()) return false;
            joins |= isVoter(identity.nodeId());
            return joins;
        }
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
            applied.advance(batch.lastOffset());
            snapshots.onApplied(batch);
            proposals.onApplied(batch.epoch(), batch.lastOffset());
        }

        @Override
        public void handleLoadSnapshot(SnapshotReader<RaftEntry> reader) {
            try (reader) {
                List<Command> commands = new ArrayList<>();
                while (reader.hasNext()) reader.next().forEach(entry -> commands.add(entry.command()));
                image.load(reader.lastContainedLogOffset(), commands);
                applied.advance(reader.lastContainedLogOffset());
                snapshots.onLoaded(reader);
            }
        }

        /// Snapshot 0-0 holds Raft's own records, nothing of ours.
        @Override
        public void handleLoadBootstrap(SnapshotReader<RaftEntry> reader) {
            reader.close();
        }

        @Override
        public void handleLeaderChange(LeaderAndEpoch known) {
            proposals.onEpoch(known.epoch());
            LOG.atInfo()
                    .addKeyValue("leader", known.leaderId().orElse(Leader.NONE))
                    .addKeyValue("epoch", known.epoch())
                    .log("metadata quorum has a leader or a new epoch");
            leader = new Leader(known.leaderId().orElse(Leader.NONE), known.epoch());
            events.onLeader(leader.nodeId(), leader.epoch());
        }
    }
}
