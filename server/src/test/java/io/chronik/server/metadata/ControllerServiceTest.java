package io.chronik.server.metadata;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.MetadataLevels;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.controller.ControllerSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// Node 1 is the controller of nodes 1, 2 and 3, in virtual time and with consensus by fiat.
class ControllerServiceTest {
    private static final String CLUSTER = "cluster";

    private final VirtualLane lane = new VirtualLane();
    private final AppliedImage image = new AppliedImage(Runnable::run);
    private final ModelLog log = new ModelLog(image);
    private final ControllerService controller = new ControllerService(
            lane, new NodeIdentity(CLUSTER, 1, disk(1)), log, image, settings(), new KafkaConfigCatalog());
    private final Map<Integer, Long> epochs = new HashMap<>();
    private final Map<Integer, Integer> incarnations = new HashMap<>();

    @Test
    void aNodeIsFencedUntilItHasTheMetadataOfItsRegistration() {
        // Given
        lead();
        long epoch = register(2);
        long needed = image.current().appliedIndex();

        // When
        BrokerHeartbeatResponseData behind = beat(2, needed - 1);
        BrokerHeartbeatResponseData there = beat(2, needed);

        // Then
        assertThat(epoch).isPositive();
        assertThat(behind.isCaughtUp()).isFalse();
        assertThat(behind.isFenced()).isTrue();
        assertThat(there.isCaughtUp()).isTrue();
        assertThat(there.isFenced()).isFalse();
        assertThat(state(2)).isEqualTo(NodeImage.State.ACTIVE);
    }

    /// Those of a release that has one level more, to which DeleteTopic belongs.
    private static ControllerSettings settings() {
        ControllerSettings defaults = ControllerSettings.defaults();
        MetadataLevels levels = new MetadataLevels(
                new MetadataLevels.Known((short) 1, (short) 2),
                command -> command instanceof Command.DeleteTopic ? 2 : 1);
        return new ControllerSettings(
                defaults.numPartitions(),
                defaults.replicationFactor(),
                defaults.topicDeletion(),
                defaults.brokerProperties(),
                levels);
    }

    @Test
    void nothingIsProposedThatSomeNodeMayNotKnow() {
        // Given
        threeNodesWithTopic();
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTopicNames(List.of("orders"));
        ClusterImage before = image.current();

        // When
        Errors early = failure(controller.deleteTopics(request));
        ClusterImage untouched = image.current();
        int refused = update(2);
        List.of(1, 2, 3).forEach(this::upgrade);
        int raised = update(2);

        // Then
        assertThat(early).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(untouched).isEqualTo(before);
        assertThat(Errors.forCode((short) refused)).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(raised).isZero();
        assertThat(ok(controller.deleteTopics(request)).responses()).hasSize(1);
        assertThat(image.current().topic("orders")).isEmpty();
    }

    private int update(int level) {
        UpdateFeaturesRequestData request = new UpdateFeaturesRequestData();
        request.featureUpdates()
                .add(new UpdateFeaturesRequestData.FeatureUpdateKey()
                        .setFeature(MetadataLevels.FEATURE)
                        .setMaxVersionLevel((short) level)
                        .setUpgradeType((byte) 1));
        return ok(controller.updateFeatures(request)).errorCode();
    }

    /// The node starts again, with the next release.
    private void upgrade(int node) {
        incarnations.merge(node, 1, Integer::sum);
        BrokerRegistrationRequestData registration = registration(node);
        registration
                .features()
                .add(new BrokerRegistrationRequestData.Feature()
                        .setName(MetadataLevels.FEATURE)
                        .setMinSupportedVersion((short) 1)
                        .setMaxSupportedVersion((short) 2));
        ok(controller.registerBroker(registration));
    }

    @Test
    void aNodeThatWantsToStayFencedStaysFenced() {
        // Given
        lead();
        register(2);

        // When
        BrokerHeartbeatResponseData answer =
                ok(controller.brokerHeartbeat(heartbeat(2, 1_000).setWantFence(true), 7));

        // Then
        assertThat(answer.isFenced()).isTrue();
        assertThat(answer.isCaughtUp()).isTrue();
    }

    @Test
    void theSameProcessAsksTwiceAndIsRegisteredOnce() {
        // Given
        lead();
        long first = register(2);

        // When
        long second = ok(controller.registerBroker(registration(2))).brokerEpoch();

        // Then
        assertThat(second).isEqualTo(first);
    }

    @Test
    void whoIsNotKnownOrOlderIsTold() {
        // Given
        lead();
        register(2);
        incarnations.merge(2, 1, Integer::sum);
        long old = requireNonNull(epochs.get(2));
        register(2);

        // When
        Errors unknown = failure(controller.brokerHeartbeat(
                new BrokerHeartbeatRequestData().setBrokerId(9).setBrokerEpoch(1), 7));
        Errors stale = failure(controller.brokerHeartbeat(heartbeat(2, 1_000).setBrokerEpoch(old), 7));
        Errors staleIds = failure(controller.allocateProducerIds(
                new AllocateProducerIdsRequestData().setBrokerId(2).setBrokerEpoch(old)));
        Errors another = failure(controller.registerBroker(registration(3).setClusterId("another")));
        Errors malformed = failure(controller.registerBroker(registration(3).setLogDirs(List.of())));

        // Then
        assertThat(unknown).isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
        assertThat(stale).isEqualTo(Errors.STALE_BROKER_EPOCH);
        assertThat(staleIds).isEqualTo(Errors.STALE_BROKER_EPOCH);
        assertThat(another).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
        assertThat(malformed).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void whoStartsAgainBeforeAnyoneIsHeardStaysInSyncForASession() {
        // Given
        threeNodesWithTopic();
        runElected(2);
        runElected(1);
        incarnations.merge(2, 1, Integer::sum);

        // When
        register(2);
        PartitionImage registered = partition();
        runWithout(2, 2_300);

        // Then
        assertThat(registered.isr()).containsExactly(2, 3, 1);
        assertThat(registered.leader()).isEqualTo(3);
        assertThat(partition().isr()).containsExactly(3, 1);
        assertThat(partition().leader()).isEqualTo(3);
    }

    @Test
    void whoStartsAgainWhileOthersAreHeardLeavesTheIsr() {
        // Given
        threeNodesWithTopic();
        incarnations.merge(2, 1, Integer::sum);

        // When
        register(2);

        // Then
        assertThat(partition().isr()).containsExactly(3, 1);
    }

    @Test
    void aSilentNodeIsFencedAndOthersLead() {
        // Given
        threeNodesWithTopic();

        // When
        runWithout(2, 2_300);

        // Then
        assertThat(state(2)).isEqualTo(NodeImage.State.FENCED);
        assertThat(state(3)).isEqualTo(NodeImage.State.ACTIVE);
        assertThat(partition()).isEqualTo(new PartitionImage(List.of(2, 3, 1), List.of(3, 1), 3, 1, 1));
    }

    @Test
    void aNodeWhoseConnectionClosesIsFencedSoonAndComesBack() {
        // Given
        threeNodesWithTopic();

        // When
        controller.onDisconnected(2, 102);
        runWithout(2, 99);
        NodeImage.State before = state(2);
        runWithout(2, 2);
        NodeImage.State after = state(2);
        BrokerHeartbeatResponseData back = beat(2, 1_000_000);

        // Then
        assertThat(before).isEqualTo(NodeImage.State.ACTIVE);
        assertThat(after).isEqualTo(NodeImage.State.FENCED);
        assertThat(back.isFenced()).isFalse();
        assertThat(partition().leader()).isEqualTo(3);
        assertThat(partition().isr()).containsExactly(3, 1);
    }

    @Test
    void anotherConnectionOfTheNodeMayClose() {
        // Given
        threeNodesWithTopic();

        // When
        controller.onDisconnected(2, 99);
        runWithout(2, 1_500);

        // Then
        assertThat(state(2)).isEqualTo(NodeImage.State.ACTIVE);
    }

    @Test
    void theControllerDoesNotFenceItself() {
        // Given
        threeNodesWithTopic();

        // When
        runWithout(1, 10_000);

        // Then
        assertThat(state(1)).isEqualTo(NodeImage.State.ACTIVE);
    }

    @Test
    void aControllerThatWasPausedFencesNobodyForIt() {
        // Given
        threeNodesWithTopic();

        // When
        lane.pause(30_000);
        run(5_000);

        // Then
        assertThat(state(2)).isEqualTo(NodeImage.State.ACTIVE);
        assertThat(state(3)).isEqualTo(NodeImage.State.ACTIVE);
    }

    @Test
    void afterATakeOverTheFormerControllerHasLessTime() {
        // Given
        threeNodesWithTopic();
        runElected(2);
        lane.advance(5_000);

        // When
        runElected(1);
        lane.advance(1_001);
        NodeImage.State former = state(2);
        NodeImage.State other = state(3);
        lane.advance(1_100);

        // Then
        assertThat(former).isEqualTo(NodeImage.State.FENCED);
        assertThat(other).isEqualTo(NodeImage.State.ACTIVE);
        assertThat(state(3)).isEqualTo(NodeImage.State.FENCED);
    }

    @Test
    void whoeverNobodyListensForIsGoneAtOnceAfterATakeOver() {
        // Given
        threeNodesWithTopic();
        runElected(2);
        controller.probeNodesWith((node, refused) -> {
            if (node == 3) refused.run();
        });

        // When
        runElected(1);
        runWithout(3, 120);

        // Then
        assertThat(state(3)).isEqualTo(NodeImage.State.FENCED);
        assertThat(state(2)).isEqualTo(NodeImage.State.ACTIVE);
    }

    @Test
    void aNewControllerMakesTheElectionsThatTheOneBeforeOwed() {
        // Given: a fenced node that still leads, as half of what the former controller proposed would leave it.
        threeNodesWithTopic();
        runElected(3);
        image.apply(
                image.current().appliedIndex() + 1,
                List.of(new io.chronik.metadata.Command.FenceNode(2, requireNonNull(epochs.get(2)))));

        // When
        runElected(1);

        // Then
        assertThat(partition().leader()).isEqualTo(3);
        assertThat(partition().isr()).containsExactly(3, 1);
    }

    @Test
    void aDeposedControllerFencesNobody() {
        // Given
        threeNodesWithTopic();
        controller.onDisconnected(3, 103);
        runElected(2);

        // When
        lane.advance(10_000);

        // Then
        assertThat(state(3)).isEqualTo(NodeImage.State.ACTIVE);
        assertThat(failure(controller.brokerHeartbeat(heartbeat(3, 1), 7))).isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(failure(controller.alterPartition(new AlterPartitionRequestData())))
                .isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(failure(controller.registerBroker(registration(3)))).isEqualTo(Errors.NOT_CONTROLLER);
    }

    @Test
    void aHeartbeatThatChangesNothingDoesNotWaitForOthersChanges() {
        // Given
        threeNodesWithTopic();
        log.hold();
        CompletableFuture<?> creation = create("more", List.of(1));
        lane.settle();

        // When
        CompletableFuture<BrokerHeartbeatResponseData> heartbeat =
                controller.brokerHeartbeat(heartbeat(2, 1_000_000), 102);
        lane.settle();

        // Then
        assertThat(creation).isNotDone();
        assertThat(heartbeat).isCompleted();
    }

    @Test
    void aLeaderChangesItsInSyncSet() {
        // Given
        threeNodesWithTopic();

        // When
        AlterPartitionResponseData answer = ok(controller.alterPartition(shrink(2, requireNonNull(epochs.get(2)))));

        // Then
        assertThat(answer.errorCode()).isZero();
        assertThat(partition().isr()).containsExactly(2, 3);
    }

    @Test
    void aNodeStopsWhenOthersLeadAndKnowIt() {
        // Given
        threeNodesWithTopic();

        // When
        BrokerHeartbeatResponseData first = stop(2);
        long needed = image.current().appliedIndex();
        BrokerHeartbeatResponseData early = stop(2);
        beat(3, needed);
        BrokerHeartbeatResponseData late = stop(2);

        // Then
        assertThat(first.shouldShutDown()).isFalse();
        assertThat(early.shouldShutDown()).isFalse();
        assertThat(partition().leader()).isEqualTo(3);
        assertThat(late.shouldShutDown()).isTrue();
        assertThat(state(2)).isEqualTo(NodeImage.State.FENCED);
    }

    @Test
    void theNodeThatIsAloneRegistersAndLives() {
        // Given
        lead();

        // When
        long epoch = ok(controller.registerNode(List.of(), null, disk(1)));

        // Then
        assertThat(state(1)).isEqualTo(NodeImage.State.ACTIVE);
        assertThat(image.current().node(1).orElseThrow().epoch()).isEqualTo(epoch);
    }

    private void lead() {
        runElected(1);
    }

    private void runElected(int node) {
        controller.onLeader(node, log.elect(node));
        lane.settle();
    }

    /// All unfenced; partition 0 of the topic is on 2, 3 and 1 and led by 2.
    private void threeNodesWithTopic() {
        lead();
        for (int node = 1; node <= 3; node++) {
            register(node);
            beat(node, image.current().appliedIndex());
        }
        ok(create("orders", List.of(2, 3, 1)));
    }

    private CompletableFuture<?> create(String name, List<Integer> replicas) {
        CreatableTopic topic =
                new CreatableTopic().setName(name).setNumPartitions(-1).setReplicationFactor((short) -1);
        topic.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(replicas));
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        request.topics().add(topic);
        return controller.createTopics(request);
    }

    private long register(int node) {
        long epoch = ok(controller.registerBroker(registration(node))).brokerEpoch();
        epochs.put(node, epoch);
        return epoch;
    }

    private BrokerRegistrationRequestData registration(int node) {
        return new BrokerRegistrationRequestData()
                .setBrokerId(node)
                .setClusterId(CLUSTER)
                .setIncarnationId(new Uuid(node, incarnations.getOrDefault(node, 0)))
                .setLogDirs(List.of(disk(node)));
    }

    private static Uuid disk(int node) {
        return new Uuid(100, node);
    }

    private BrokerHeartbeatRequestData heartbeat(int node, long index) {
        return new BrokerHeartbeatRequestData()
                .setBrokerId(node)
                .setBrokerEpoch(requireNonNull(epochs.get(node)))
                .setCurrentMetadataOffset(index);
    }

    private BrokerHeartbeatResponseData beat(int node, long index) {
        return ok(controller.brokerHeartbeat(heartbeat(node, index), 100 + node));
    }

    private BrokerHeartbeatResponseData stop(int node) {
        return ok(controller.brokerHeartbeat(heartbeat(node, 1_000).setWantShutDown(true), 100 + node));
    }

    private AlterPartitionRequestData shrink(int sender, long epoch) {
        List<BrokerState> isr = List.of(
                new BrokerState().setBrokerId(2).setBrokerEpoch(requireNonNull(epochs.get(2))),
                new BrokerState().setBrokerId(3).setBrokerEpoch(requireNonNull(epochs.get(3))));
        AlterPartitionRequestData request =
                new AlterPartitionRequestData().setBrokerId(sender).setBrokerEpoch(epoch);
        request.topics()
                .add(new AlterPartitionRequestData.TopicData()
                        .setTopicId(
                                image.current().topic("orders").orElseThrow().id())
                        .setPartitions(List.of(new AlterPartitionRequestData.PartitionData()
                                .setPartitionIndex(0)
                                .setLeaderEpoch(partition().leaderEpoch())
                                .setPartitionEpoch(partition().partitionEpoch())
                                .setNewIsrWithEpochs(isr))));
        return request;
    }

    private void run(int ms) {
        runWithout(0, ms);
    }

    /// All nodes but one send a heartbeat every 250 ms.
    private void runWithout(int silent, int ms) {
        for (int passed = 0; passed < ms; passed++) {
            if (passed % 250 == 0) {
                for (int node = 1; node <= 3; node++) if (node != silent) beat(node, 0);
            }
            lane.advance(1);
        }
    }

    private NodeImage.State state(int node) {
        return image.current().node(node).orElseThrow().state();
    }

    private PartitionImage partition() {
        ClusterImage current = image.current();
        return current.topic("orders").orElseThrow().partitions().getFirst();
    }

    private <T> T ok(CompletableFuture<T> future) {
        lane.settle();
        assertThat(future).isDone();
        return future.join();
    }

    private Errors failure(CompletableFuture<?> future) {
        lane.settle();
        assertThat(future).isCompletedExceptionally();
        try {
            future.join();
            return Errors.NONE;
        } catch (CompletionException failure) {
            return Errors.forException(failure.getCause());
        }
    }
}
