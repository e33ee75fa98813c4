package io.chronik.server.metadata;

import io.chronik.base.Lane;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.controller.AlterConfigs;
import io.chronik.metadata.controller.AlterPartitions;
import io.chronik.metadata.controller.AlterReassignments;
import io.chronik.metadata.controller.ControllerSettings;
import io.chronik.metadata.controller.CreatePartitions;
import io.chronik.metadata.controller.CreateTopics;
import io.chronik.metadata.controller.Decision;
import io.chronik.metadata.controller.DeleteTopics;
import io.chronik.metadata.controller.ElectLeaders;
import io.chronik.metadata.controller.FeatureUpdates;
import io.chronik.metadata.controller.IncrementalAlterConfigs;
import io.chronik.metadata.controller.ListReassignments;
import io.chronik.metadata.controller.Membership;
import io.chronik.metadata.controller.ProducerIds;
import io.chronik.metadata.controller.Registration;
import io.chronik.metadata.controller.Removal;
import io.chronik.server.controller.ControllerTimes;
import io.chronik.server.controller.NodeProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.InconsistentClusterIdException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The controller's I/O side: runs decisions one at a time on its lane, proposes what they yield, and replies once
/// it is committed and applied.
///
/// A decision sees all decisions before it, committed or not: it works on the *newest* image, which is the
/// committed one with everything proposed since on top. That is right because proposals are committed in order or,
/// when this node loses its leadership, not answered at all; then the newest image is thrown away.
///
///     Starting --leader known--> Following <--elections--> Leading
///
/// At most [#MAX_PENDING] requests are under way; further ones are answered REQUEST_TIMED_OUT at once.
public final class ControllerService implements MetadataService, RaftHost.Events {
    static final int MAX_PENDING = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(ControllerService.class);
    private static final int NO_LEADER = -1;
    /// The nodes' listener among themselves. Whichever name it has matters only to answers that say where a leader is.
    private static final String RAFT_LISTENER = "CONTROLLER";

    private final Lane lane;
    private final NodeIdentity identity;
    private final MetadataLog raft;
    private final AppliedImage image;
    private final ControllerSettings settings;
    private final ConfigCatalog catalog;
    private final AtomicInteger pending = new AtomicInteger();
    private final ControllerTimes times;
    private Role role = new Role.Starting(new ArrayList<>());
    /// The last one that was known.
    private int lastController = NO_LEADER;
    private volatile NodeProbe probe = NodeProbe.NONE;
    private volatile int controllerId = NO_LEADER;
    private final List<Runnable> controllerChanges = new CopyOnWriteArrayList<>();

    private sealed interface Role {
        /// No leader was known yet: requests wait.
        record Starting(List<Runnable> waiting) implements Role {}

        record Following() implements Role {}

        /// `newest`: the image with everything proposed. `last`: completes when the last proposal is applied.
        record Leading(
                int epoch, ClusterImage newest, CompletableFuture<Long> last, NodeSupervision nodes, Upkeep upkeep)
                implements Role {}
    }

    public ControllerService(
            Lane lane,
            NodeIdentity identity,
            MetadataLog raft,
            AppliedImage image,
            ControllerSettings settings,
            ConfigCatalog catalog) {
        this.lane = lane;
        this.identity = identity;
        this.raft = raft;
        this.image = image;
        this.settings = settings;
        this.catalog = catalog;
        this.times = ControllerTimes.of(settings.brokerProperties());
    }

    /// How this node, when it becomes the controller, finds out who is gone. Set before the metadata starts;
    /// without it the controller waits.
    public void probeNodesWith(NodeProbe nodeProbe) {
        probe = nodeProbe;
    }

    /// `told` runs, on the controller's lane, when another node, or none, has become the controller.
    public void onControllerChange(Runnable told) {
        controllerChanges.add(told);
    }

    @Override
    public ClusterImage image() {
        return image.current();
    }

    @Override
    public int controllerId() {
        return controllerId;
    }

    @Override
    public String clusterId() {
        return identity.clusterId();
    }

    @Override
    public void addListener(ImageListener listener) {
        image.addListener(listener);
    }

    /// Completes when those who follow the image have been told all that it shows now.
    public CompletableFuture<Void> published() {
        return image.published();
    }

    /// Completes when they have been told a state such as this.
    public CompletableFuture<Void> published(Predicate<ClusterImage> state) {
        return image.published(state);
    }

    @Override
    public CompletableFuture<CreateTopicsResponseData> createTopics(CreateTopicsRequestData request) {
        return decide(newest -> CreateTopics.decide(request, newest, settings, catalog, Uuid::randomUuid));
    }

    @Override
    public CompletableFuture<DeleteTopicsResponseData> deleteTopics(DeleteTopicsRequestData request) {
        return decide(newest -> DeleteTopics.decide(request, newest, settings));
    }

    @Override
    public CompletableFuture<CreatePartitionsResponseData> createPartitions(CreatePartitionsRequestData request) {
        return decide(newest -> CreatePartitions.decide(request, newest));
    }

    @Override
    public CompletableFuture<AlterConfigsResponseData> alterConfigs(AlterConfigsRequestData request) {
        return decide(newest -> AlterConfigs.decide(request, newest, settings, catalog));
    }

    @Override
    public CompletableFuture<IncrementalAlterConfigsResponseData> incrementalAlterConfigs(
            IncrementalAlterConfigsRequestData request) {
        return decide(newest -> IncrementalAlterConfigs.decide(request, newest, settings, catalog));
    }

    @Override
    public CompletableFuture<ProducerIdBlock> allocateProducerIds() {
        return decide(this::nextBlock).thenApply(firstId -> new ProducerIdBlock(firstId, ProducerIds.BLOCK_SIZE));
    }

    /// Registers this process as the node, which is alone in its cluster and lives at once; its epoch is the answer.
    /// Partitions that it leads begin a new leader epoch. Called once, when the listeners' addresses are known.
    public CompletableFuture<Long> registerNode(
            List<NodeImage.Endpoint> endpoints, @Nullable String rack, Uuid directoryId) {
        Registration process = new Registration(
                identity.nodeId(), directoryId, Uuid.randomUuid(), endpoints, rack, Registration.UNKNOWN);
        return decide(newest -> new Membership(newest, settings, catalog).registerAlone(process))
                .thenApply(Membership.Registered::epoch);
    }

    // ---- The cluster as a whole ----

    @Override
    public CompletableFuture<ElectLeadersResponseData> electLeaders(ElectLeadersRequestData request) {
        return decide(newest -> ElectLeaders.decide(request, newest));
    }

    @Override
    public CompletableFuture<AlterPartitionReassignmentsResponseData> alterPartitionReassignments(
            AlterPartitionReassignmentsRequestData request) {
        return decide(newest -> AlterReassignments.decide(request, newest));
    }

    @Override
    public CompletableFuture<ListPartitionReassignmentsResponseData> listPartitionReassignments(
            ListPartitionReassignmentsRequestData request) {
        return decide(newest -> new Decision<>(List.of(), ListReassignments.answer(request, newest)));
    }

    @Override
    public CompletableFuture<UpdateFeaturesResponseData> updateFeatures(UpdateFeaturesRequestData request) {
        return decide(newest -> FeatureUpdates.decide(request, newest, settings.levels()));
    }

    @Override
    public CompletableFuture<UnregisterBrokerResponseData> unregisterBroker(UnregisterBrokerRequestData request) {
        return decide(newest -> Removal.decide(request.brokerId(), newest, settings, catalog))
                .thenApply(_ -> new UnregisterBrokerResponseData());
    }

    @Override
    public CompletableFuture<DescribeQuorumResponseData> describeQuorum(DescribeQuorumRequestData request) {
        return askRaft(ApiKeys.DESCRIBE_QUORUM, request, DescribeQuorumResponseData.class);
    }

    @Override
    public CompletableFuture<AddRaftVoterResponseData> addRaftVoter(AddRaftVoterRequestData request) {
        return askRaft(ApiKeys.ADD_RAFT_VOTER, withAddress(request), AddRaftVoterResponseData.class);
    }

    /// An operator need not know where the node listens: it has registered that.
    private AddRaftVoterRequestData withAddress(AddRaftVoterRequestData request) {
        if (!request.listeners().isEmpty()) return request;
        AddRaftVoterRequestData complete = request.duplicate();
        image.current().node(request.voterId()).stream()
                .flatMap(node -> node.endpoints().stream())
                .filter(endpoint -> endpoint.listener().equals(RAFT_LISTENER))
                .findFirst()
                .ifPresent(endpoint -> complete.listeners()
                        .add(new AddRaftVoterRequestData.Listener()
                                .setName(endpoint.listener())
                                .setHost(endpoint.host())
                                .setPort(endpoint.port())));
        return complete;
    }

    @Override
    public CompletableFuture<RemoveRaftVoterResponseData> removeRaftVoter(RemoveRaftVoterRequestData request) {
        return askRaft(ApiKeys.REMOVE_RAFT_VOTER, request, RemoveRaftVoterResponseData.class);
    }

    /// Who does not lead the quorum says so in the answer itself.
    private <R extends ApiMessage> CompletableFuture<R> askRaft(ApiKeys api, ApiMessage request, Class<R> type) {
        return raft.handle(RAFT_LISTENER, api.latestVersion(), request)
                .thenApply(type::cast)
                .toCompletableFuture();
    }

    // ---- What nodes ask of the controller, on the internal listener ----

    /// A process of a node starts. It is fenced until its heartbeats say that it has the metadata.
    public CompletableFuture<BrokerRegistrationResponseData> registerBroker(BrokerRegistrationRequestData request) {
        if (!request.clusterId().equals(identity.clusterId())) {
            return CompletableFuture.failedFuture(new InconsistentClusterIdException(
                    "This is cluster " + identity.clusterId() + ", not " + request.clusterId() + "."));
        }
        return asController(leading -> leading.nodes().register(Registrations.of(request)))
                .thenApply(registered -> new BrokerRegistrationResponseData().setBrokerEpoch(registered.epoch()));
    }

    /// The node lives; `connection` is the one that the heartbeat came on. Answered at once unless it changes
    /// something.
    public CompletableFuture<BrokerHeartbeatResponseData> brokerHeartbeat(
            BrokerHeartbeatRequestData request, long connection) {
        return asController(leading -> leading.nodes().heartbeat(request, connection));
    }

    /// A connection that carried heartbeats of the node has closed.
    public void onDisconnected(int node, long connection) {
        lane.execute(() -> {
            if (role instanceof Role.Leading leading) leading.nodes().onDisconnected(node, connection);
        });
    }

    /// Leaders change their in-sync sets.
    public CompletableFuture<AlterPartitionResponseData> alterPartition(AlterPartitionRequestData request) {
        return decide(newest -> AlterPartitions.decide(request, newest));
    }

    /// A node has lost replicas that the metadata has there.
    public CompletableFuture<AssignReplicasToDirsResponseData> assignReplicasToDirs(
            AssignReplicasToDirsRequestData request) {
        return decide(newest -> new Membership(newest, settings, catalog).loseReplicas(request));
    }

    /// Gives a node a block of producer ids.
    public CompletableFuture<AllocateProducerIdsResponseData> allocateProducerIds(
            AllocateProducerIdsRequestData request) {
        return asController(leading -> {
                    NodeImage node = leading.nodes().checked(request.brokerId(), request.brokerEpoch());
                    return decide(newest -> ProducerIds.allocate(newest, node.id(), node.epoch()));
                })
                .thenApply(firstId -> new AllocateProducerIdsResponseData()
                        .setProducerIdStart(firstId)
                        .setProducerIdLen(ProducerIds.BLOCK_SIZE));
    }

    @Override
    public void onLeader(int leaderId, int epoch) {
        ClusterImage committed = image.current();
        lane.execute(() -> {
            onLeader(leaderId, epoch, committed);
            controllerChanges.forEach(Runnable::run);
        });
    }

    private void onLeader(int leaderId, int epoch, ClusterImage committed) {
        Role before = role;
        if (before instanceof Role.Starting && leaderId == NO_LEADER) return;
        if (before instanceof Role.Leading leading) {
            if (leaderId == identity.nodeId() && leading.epoch() == epoch) return;
            leading.nodes().end();
            leading.upkeep().end();
        }
        controllerId = leaderId;
        if (leaderId == identity.nodeId()) lead(epoch, committed);
        else role = new Role.Following();
        if (leaderId != NO_LEADER) lastController = leaderId;
        if (before instanceof Role.Starting(List<Runnable> waiting)) waiting.forEach(Runnable::run);
    }

    private void lead(int epoch, ClusterImage committed) {
        Term term = new Term(epoch);
        NodeSupervision nodes = new NodeSupervision(lane, identity.nodeId(), term, settings, catalog, times);
        Upkeep.Voters voters = Upkeep.Voters.of(raft, identity.clusterId(), settings.brokerProperties());
        Upkeep upkeep = new Upkeep(lane, term, nodes.liveness(), settings, catalog, times.balanceMs(), voters);
        role = new Role.Leading(
                epoch, committed, CompletableFuture.completedFuture(committed.appliedIndex()), nodes, upkeep);
        nodes.begin(lastController, times.fetchTimeoutMs(), probe);
        upkeep.begin();
    }

    /// The controller in one epoch.
    private final class Term implements NodeSupervision.Decisions {
        private final int epoch;

        Term(int epoch) {
            this.epoch = epoch;
        }

        @Override
        public <R> CompletableFuture<R> decide(Function<ClusterImage, Decision<R>> decision) {
            return ControllerService.this.decide(newest -> {
                if (!(role instanceof Role.Leading leading) || leading.epoch() != epoch) throw notController();
                return decision.apply(newest);
            });
        }

        @Override
        public ClusterImage newest() {
            return role instanceof Role.Leading leading ? leading.newest() : image.current();
        }

        @Override
        public ClusterImage committed() {
            return image.current();
        }
    }

    private Decision<Long> nextBlock(ClusterImage newest) {
        NodeImage node = newest.node(identity.nodeId())
                .orElseThrow(
                        () -> new BrokerIdNotRegisteredException("Node " + identity.nodeId() + " is not registered"));
        return ProducerIds.allocate(newest, node.id(), node.epoch());
    }

    /// Does on the lane what only the controller does.
    private <R> CompletableFuture<R> asController(Function<Role.Leading, CompletableFuture<R>> work) {
        CompletableFuture<R> reply = new CompletableFuture<>();
        lane.execute(() -> asController(work, reply));
        return reply;
    }

    private <R> void asController(Function<Role.Leading, CompletableFuture<R>> work, CompletableFuture<R> reply) {
        switch (role) {
            case Role.Starting(List<Runnable> waiting) -> waiting.add(() -> asController(work, reply));
            case Role.Following() -> reply.completeExceptionally(notController());
            case Role.Leading leading -> {
                try {
                    forward(work.apply(leading), reply);
                } catch (ApiException refused) {
                    reply.completeExceptionally(refused);
                }
            }
        }
    }

    private static <R> void forward(CompletableFuture<R> from, CompletableFuture<R> to) {
        var _ = from.whenComplete((value, failure) -> {
            if (failure == null) to.complete(value);
            else
                to.completeExceptionally(
                        failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure);
        });
    }

    private <R> CompletableFuture<R> decide(Function<ClusterImage, Decision<R>> decision) {
        CompletableFuture<R> reply = new CompletableFuture<>();
        if (pending.incrementAndGet() > MAX_PENDING) {
            pending.decrementAndGet();
            reply.completeExceptionally(new TimeoutException("too many changes of metadata are under way"));
            return reply;
        }
        var _ = reply.whenComplete((value, failure) -> pending.decrementAndGet());
        lane.execute(() -> run(decision, reply));
        return reply;
    }

    private <R> void run(Function<ClusterImage, Decision<R>> decision, CompletableFuture<R> reply) {
        switch (role) {
            case Role.Starting(List<Runnable> waiting) -> waiting.add(() -> run(decision, reply));
            case Role.Following() -> reply.completeExceptionally(notController());
            case Role.Leading leading -> lead(leading, decision, reply);
        }
    }

    private <R> void lead(
            Role.Leading leading, Function<ClusterImage, Decision<R>> decision, CompletableFuture<R> reply) {
        CompletableFuture<Long> applied = leading.last();
        R answer;
        try {
            Decision<R> decided = decision.apply(leading.newest());
            answer = decided.reply();
            if (!decided.commands().isEmpty()) {
                ClusterImage newest = leading.newest();
                for (Command command : decided.commands()) {
                    settings.levels().check(command, newest);
                    newest = newest.apply(command);
                }
                applied = raft.propose(leading.epoch(), decided.commands());
                role = new Role.Leading(leading.epoch(), newest, applied, leading.nodes(), leading.upkeep());
            }
        } catch (ApiException refused) {
            reply.completeExceptionally(refused);
            return;
        } catch (RuntimeException bug) {
            LOG.atError().setCause(bug).log("a decision about metadata failed");
            reply.completeExceptionally(new UnknownServerException("the controller failed to decide", bug));
            return;
        }
        // What a reply says may rest on a decision before it, so it waits for that one at least.
        var _ = applied.whenComplete((index, failure) -> {
            if (failure == null) {
                var _ = image.published().thenRun(() -> reply.complete(answer));
            } else {
                reply.completeExceptionally(failure);
            }
        });
    }

    private static NotControllerException notController() {
        return new NotControllerException("This is not the correct controller for this cluster.");
    }
}
