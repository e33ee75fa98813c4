package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.controller.ControllerSettings;
import io.chronik.server.api.ApiHandler;
import io.chronik.server.api.ClusterAdminHandlers;
import io.chronik.server.api.NodeHandlers;
import io.chronik.server.net.ClientConnection;
import io.chronik.server.net.ClientRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every API of the cluster, through the bytes of every version that Kafka 4.4 has.
class ClusterApisTest {
    private final VirtualLane lane = new VirtualLane();
    private final AppliedImage image = new AppliedImage(Runnable::run);
    private final ModelLog log = new ModelLog(image);
    private final ControllerService controller = new ControllerService(
            lane,
            new NodeIdentity("cluster", 1, new Uuid(100, 1)),
            log,
            image,
            ControllerSettings.defaults(),
            new KafkaConfigCatalog());
    private final Map<ApiKeys, ApiHandler> handlers = new EnumMap<>(ApiKeys.class);
    private final List<Runnable> whenClosed = new ArrayList<>();
    private long epoch;

    @BeforeEach
    void aClusterOfTwo() {
        handlers.putAll(new NodeHandlers(controller).handlers());
        handlers.putAll(new ClusterAdminHandlers(controller).handlers());
        controller.onLeader(1, log.elect(1));
        lane.settle();
        register(1, 0);
        epoch = register(2, 0);
        CreateTopicsRequestData topics = new CreateTopicsRequestData();
        topics.topics()
                .add(new CreatableTopic().setName("orders").setNumPartitions(1).setReplicationFactor((short) 1));
        var created = controller.createTopics(topics);
        lane.settle();
        assertThat(created.join().topics().find("orders").errorCode()).isZero();
    }

    static Stream<Arguments> served() {
        return Stream.of(
                        ApiKeys.ELECT_LEADERS,
                        ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                        ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                        ApiKeys.DESCRIBE_QUORUM,
                        ApiKeys.ALTER_PARTITION,
                        ApiKeys.UPDATE_FEATURES,
                        ApiKeys.BROKER_REGISTRATION,
                        ApiKeys.BROKER_HEARTBEAT,
                        ApiKeys.UNREGISTER_BROKER,
                        ApiKeys.ALLOCATE_PRODUCER_IDS,
                        ApiKeys.ADD_RAFT_VOTER,
                        ApiKeys.REMOVE_RAFT_VOTER)
                .flatMap(api -> IntStream.rangeClosed(api.oldestVersion(), api.latestVersion())
                        .mapToObj(version -> Arguments.of(api, version)));
    }

    @ParameterizedTest
    @MethodSource("served")
    void servesEveryVersion(ApiKeys api, int version) {
        // When
        AbstractResponse answer = send(api, version, request(api, version));

        // Then
        assertThat(answer.errorCounts().keySet()).isSubsetOf(expected(api, version), Errors.NONE);
    }

    private static Errors expected(ApiKeys api, int version) {
        return switch (api) {
            case UNREGISTER_BROKER -> Errors.INVALID_REQUEST; // It runs.
            case ELECT_LEADERS -> Errors.ELECTION_NOT_NEEDED;
            // Earlier versions do not say which disk it is.
            case BROKER_REGISTRATION -> version < 2 ? Errors.INVALID_REQUEST : Errors.NONE;
            default -> Errors.NONE;
        };
    }

    /// And where this node is not the controller, the answer says so, and is an answer of its version.
    @ParameterizedTest
    @MethodSource("served")
    void whoDoesNotLeadSaysSo(ApiKeys api, int version) {
        // Given
        controller.onLeader(2, log.elect(2));
        lane.settle();

        // When
        AbstractResponse answer = send(api, version, request(api, version));

        // Then
        if (api == ApiKeys.DESCRIBE_QUORUM || api == ApiKeys.ADD_RAFT_VOTER || api == ApiKeys.REMOVE_RAFT_VOTER) {
            return; // The library's own answer, which the model does not know.
        }
        assertThat(answer.errorCounts()).containsKey(Errors.NOT_CONTROLLER);
    }

    @Test
    void theEndOfAConnectionThatCarriedHeartbeatsIsToldToTheController() {
        // Given
        send(ApiKeys.BROKER_HEARTBEAT, 1, heartbeat());
        send(ApiKeys.BROKER_HEARTBEAT, 1, heartbeat());

        // When
        int registered = whenClosed.size();
        whenClosed.forEach(Runnable::run);
        lane.advance(101);

        // Then
        assertThat(registered).isEqualTo(1);
        assertThat(image.current().node(2).orElseThrow().fenced()).isTrue();
    }

    @Test
    void theAnswersSayWhatTheyShould() {
        // When
        var heartbeat = (BrokerHeartbeatResponseData)
                send(ApiKeys.BROKER_HEARTBEAT, 1, heartbeat()).data();
        var stale = (BrokerHeartbeatResponseData)
                send(ApiKeys.BROKER_HEARTBEAT, 1, heartbeat().setBrokerEpoch(epoch - 1))
                        .data();
        var elected = (ElectLeadersResponseData)
                send(ApiKeys.ELECT_LEADERS, 2, elect(7)).data();
        var moved = (AlterPartitionReassignmentsResponseData)
                send(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, 1, reassign(7)).data();

        // Then
        assertThat(heartbeat.isFenced()).isFalse();
        assertThat(heartbeat.isCaughtUp()).isTrue();
        assertThat(stale.errorCode()).isEqualTo(Errors.STALE_BROKER_EPOCH.code());
        assertThat(elected.replicaElectionResults()
                        .getFirst()
                        .partitionResult()
                        .getFirst()
                        .errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(moved.responses().getFirst().partitions().getFirst().errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private ApiMessage request(ApiKeys api, int version) {
        return switch (api) {
            case ELECT_LEADERS -> elect(0);
            case ALTER_PARTITION_REASSIGNMENTS -> reassign(0);
            case LIST_PARTITION_REASSIGNMENTS -> new ListPartitionReassignmentsRequestData().setTopics(null);
            case DESCRIBE_QUORUM -> new DescribeQuorumRequestData();
            case ALTER_PARTITION ->
                new AlterPartitionRequestData().setBrokerId(2).setBrokerEpoch(epoch);
            case UPDATE_FEATURES -> updateFeatures(version);
            case BROKER_REGISTRATION -> registration(2);
            case BROKER_HEARTBEAT -> heartbeat();
            case UNREGISTER_BROKER -> new UnregisterBrokerRequestData().setBrokerId(2);
            case ALLOCATE_PRODUCER_IDS ->
                new AllocateProducerIdsRequestData().setBrokerId(2).setBrokerEpoch(epoch);
            case ADD_RAFT_VOTER -> new AddRaftVoterRequestData().setVoterId(2);
            case REMOVE_RAFT_VOTER -> new RemoveRaftVoterRequestData().setVoterId(2);
            default -> throw new AssertionError("no request for " + api);
        };
    }

    private static ElectLeadersRequestData elect(int partition) {
        ElectLeadersRequestData request = new ElectLeadersRequestData();
        request.topicPartitions().add(new TopicPartitions().setTopic("orders").setPartitions(List.of(partition)));
        return request;
    }

    private static AlterPartitionReassignmentsRequestData reassign(int partition) {
        return new AlterPartitionReassignmentsRequestData()
                .setTopics(List.of(new ReassignableTopic()
                        .setName("orders")
                        .setPartitions(List.of(new ReassignablePartition()
                                .setPartitionIndex(partition)
                                .setReplicas(List.of(2))))));
    }

    private static UpdateFeaturesRequestData updateFeatures(int version) {
        FeatureUpdateKey update =
                new FeatureUpdateKey().setFeature("group.version").setMaxVersionLevel((short) 1);
        if (version >= 1) update.setUpgradeType(UpgradeType.UPGRADE.code());
        UpdateFeaturesRequestData request = new UpdateFeaturesRequestData();
        request.featureUpdates().add(update);
        return request;
    }

    private BrokerHeartbeatRequestData heartbeat() {
        return new BrokerHeartbeatRequestData()
                .setBrokerId(2)
                .setBrokerEpoch(epoch)
                .setCurrentMetadataOffset(1_000);
    }

    private static BrokerRegistrationRequestData registration(int node) {
        return new BrokerRegistrationRequestData()
                .setBrokerId(node)
                .setClusterId("cluster")
                .setIncarnationId(new Uuid(5, node))
                .setLogDirs(List.of(new Uuid(100, node)));
    }

    private long register(int node, int connection) {
        var data = (BrokerRegistrationResponseData)
                send(ApiKeys.BROKER_REGISTRATION, ApiKeys.BROKER_REGISTRATION.latestVersion(), registration(node))
                        .data();
        var heartbeat = controller.brokerHeartbeat(
                new BrokerHeartbeatRequestData()
                        .setBrokerId(node)
                        .setBrokerEpoch(data.brokerEpoch())
                        .setCurrentMetadataOffset(1_000),
                connection);
        lane.settle();
        assertThat(heartbeat.join().isFenced()).isFalse();
        return data.brokerEpoch();
    }

    private AbstractResponse send(ApiKeys api, int version, ApiMessage data) {
        short v = (short) version;
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(data, v).buffer();
        Call call = new Call(
                new RequestHeader(api, v, "client", 1),
                AbstractRequest.parseRequest(api, v, new ByteBufferAccessor(bytes)).request,
                new ArrayList<>(1));
        Objects.requireNonNull(handlers.get(api)).handle(call);
        lane.settle();
        assertThat(call.answers()).hasSize(1);
        ByteBuffer answer = MessageUtil.toByteBufferAccessor(
                        call.answers().getFirst().data(), v)
                .buffer();
        return AbstractResponse.parseResponse(api, new ByteBufferAccessor(answer), v);
    }

    private final class Call implements ClientRequest {
        private final RequestHeader header;
        private final AbstractRequest body;
        private final List<AbstractResponse> answers;

        Call(RequestHeader header, AbstractRequest body, List<AbstractResponse> answers) {
            this.header = header;
            this.body = body;
            this.answers = answers;
        }

        List<AbstractResponse> answers() {
            return answers;
        }

        @Override
        public RequestHeader header() {
            return header;
        }

        @Override
        public AbstractRequest body() {
            return body;
        }

        @Override
        public ClientConnection connection() {
            return new OneConnection(whenClosed);
        }

        @Override
        public long receivedNs() {
            return 0;
        }

        @Override
        public void reply(AbstractResponse response) {
            answers.add(response);
        }

        @Override
        public void replyNothing() {
            throw new AssertionError("a reply was due");
        }

        @Override
        public void close(String reason) {
            throw new AssertionError("closed: " + reason);
        }
    }

    private record OneConnection(List<Runnable> whenClosed) implements ClientConnection {
        @Override
        public long id() {
            return 77;
        }

        @Override
        public String listener() {
            return "CONTROLLER";
        }

        @Override
        public InetAddress peer() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public InetSocketAddress local() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 9093);
        }

        @Override
        public String softwareName() {
            return "chronik";
        }

        @Override
        public String softwareVersion() {
            return "test";
        }

        @Override
        public Executor eventLoop() {
            return Runnable::run;
        }

        @Override
        public CloseEvent onClose(Runnable event) {
            whenClosed.add(event);
            return () -> whenClosed.remove(event);
        }
    }
}
