package io.chronik.server.metadata;

import io.chronik.base.Lane;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.controller.ControllerSettings;
import io.chronik.metadata.controller.Decision;
import io.chronik.metadata.controller.DrainPlan;
import io.chronik.metadata.controller.InternalTopicGrowth;
import io.chronik.metadata.controller.LeaderBalance;
import io.chronik.metadata.controller.Membership;
import io.chronik.metadata.controller.VoterCount;
import io.chronik.server.controller.NodeLiveness;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the controller does by itself from time to time, in one term: it empties nodes that are drained, lets internal
/// topics grow, gives leadership back, adds voters, and writes down how far the nodes' disks are. On the controller's
/// lane.
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final long DRAIN_MS = 1_000;
    private static final long GROWTH_MS = 5_000;
    private static final long VOTERS_MS = 1_000;
    private static final long INDEXES_MS = 10_000;
    private static final int MAX_MOVES = 20;
    private static final int MAX_ELECTIONS = 1_000;
    private static final int OFFSETS_REPLICATION_FACTOR = 3;

    private final Lane lane;
    private final NodeSupervision.Decisions decisions;
    private final Voters voters;
    private final List<Task> tasks = new ArrayList<>();
    private boolean ended;

    /// Of the quorum: whom it is asked, how many voters it should have, and how nodes reach each other.
    record Voters(MetadataLog raft, String clusterId, int wanted, String listener) {
        private static final int WANTED = 3;
        private static final String LISTENER = "CONTROLLER";

        static Voters of(MetadataLog raft, String clusterId, Map<String, String> settings) {
            String wanted = settings.get("chronik.metadata.voters");
            String listeners = settings.getOrDefault("controller.listener.names", LISTENER);
            return new Voters(
                    raft,
                    clusterId,
                    wanted == null ? WANTED : Integer.parseInt(wanted.trim()),
                    listeners.split(",", 2)[0].trim().toUpperCase(Locale.ROOT));
        }
    }

    private record Task(long everyMs, Function<ClusterImage, List<Command>> work) {}

    Upkeep(
            Lane lane,
            NodeSupervision.Decisions decisions,
            NodeLiveness liveness,
            ControllerSettings settings,
            ConfigCatalog catalog,
            long balanceMs,
            Voters voters) {
        this.voters = voters;
        this.lane = lane;
        this.decisions = decisions;
        int offsetsReplicas = offsetsReplicationFactor(settings);
        LeaderBalance balance = new LeaderBalance();
        tasks.add(new Task(DRAIN_MS, newest -> DrainPlan.next(newest, MAX_MOVES)));
        tasks.add(new Task(GROWTH_MS, newest -> InternalTopicGrowth.next(newest, offsetsReplicas, MAX_MOVES)));
        tasks.add(new Task(
                INDEXES_MS, newest -> new Membership(newest, settings, catalog).recordIndexes(liveness.indexes())));
        if (balanceMs > 0) tasks.add(new Task(balanceMs, newest -> balance.next(newest, MAX_ELECTIONS)));
    }

    private static int offsetsReplicationFactor(ControllerSettings settings) {
        String set = settings.brokerProperties().get("offsets.topic.replication.factor");
        return set == null ? OFFSETS_REPLICATION_FACTOR : Integer.parseInt(set.trim());
    }

    void begin() {
        tasks.forEach(this::plan);
        planVoters();
    }

    void end() {
        ended = true;
    }

    /// The next time comes when this one is through: whoever can't commit makes no heap of proposals.
    private void plan(Task task) {
        if (ended) return;
        lane.after(task.everyMs(), () -> {
            if (ended) return;
            var _ = decisions
                    .decide(newest -> new Decision<>(task.work().apply(newest), true))
                    .whenComplete((_, _) -> lane.execute(() -> plan(task)));
        });
    }

    private void planVoters() {
        if (ended) return;
        lane.after(VOTERS_MS, () -> {
            if (ended) return;
            var _ = addVoter().whenComplete((_, _) -> lane.execute(this::planVoters));
        });
    }

    /// One at a time: the quorum takes no second change before the first is committed.
    private CompletableFuture<?> addVoter() {
        if (decisions.committed().nodes().size() < 2) return CompletableFuture.completedFuture(null);
        MetadataLog raft = voters.raft();
        return raft.handle(voters.listener(), ApiKeys.DESCRIBE_QUORUM.latestVersion(), describeQuorum())
                .thenCompose(answer -> {
                    Optional<AddRaftVoterRequestData> next = next((DescribeQuorumResponseData) answer);
                    if (next.isEmpty()) return CompletableFuture.<@Nullable ApiMessage>completedFuture(null);
                    LOG.atInfo().addKeyValue("node", next.get().voterId()).log("a node becomes a voter");
                    return raft.handle(voters.listener(), ApiKeys.ADD_RAFT_VOTER.latestVersion(), next.get());
                })
                .toCompletableFuture();
    }

    private static DescribeQuorumRequestData describeQuorum() {
        return new DescribeQuorumRequestData()
                .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                        .setTopicName(Topic.CLUSTER_METADATA_TOPIC_NAME)
                        .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData().setPartitionIndex(0)))));
    }

    private Optional<AddRaftVoterRequestData> next(DescribeQuorumResponseData answer) {
        if (answer.errorCode() != 0 || answer.topics().isEmpty()) return Optional.empty();
        DescribeQuorumResponseData.PartitionData quorum =
                answer.topics().getFirst().partitions().getFirst();
        if (quorum.errorCode() != 0) return Optional.empty();
        return VoterCount.next(
                quorum, decisions.committed(), voters.wanted(), voters.listener(), voters.clusterId(), (int) VOTERS_MS);
    }
}
