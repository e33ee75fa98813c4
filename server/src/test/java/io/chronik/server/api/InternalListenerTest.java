package io.chronik.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.server.config.HostPort;
import io.chronik.server.net.EventLoops;
import io.chronik.server.net.NetListener;
import io.chronik.server.net.NetSettings;
import io.chronik.server.net.Network;
import io.chronik.server.net.RequestHandler;
import io.chronik.server.peer.NettyPeerNetwork;
import io.chronik.server.peer.PeerConnection;
import io.chronik.server.peer.PeerNetwork.Purpose;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.BrokerHeartbeatRequest;
import org.apache.kafka.common.requests.BrokerHeartbeatResponse;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Nodes and clients have different listeners, and neither gets what is the other's.
class InternalListenerTest {
    private final EventLoops loops = EventLoops.start(2);
    private final List<Network> servers = new ArrayList<>();
    private final NettyPeerNetwork peers =
            new NettyPeerNetwork(1, loops, loops, Runnable::run, _ -> Optional.empty(), Optional::empty);

    @AfterEach
    void close() {
        peers.close();
        servers.forEach(server -> server.close(0));
        loops.close();
    }

    private PeerConnection to(RequestHandler handler) throws Exception {
        Network server = new Network(loops, NetSettings.defaults(), NetListener.NONE);
        servers.add(server);
        var listener = server.listen("CONTROLLER", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handler);
        return peers.to(new HostPort("127.0.0.1", listener.address().getPort()), Purpose.PROBE);
    }

    private static ApiVersionsHandler.Identity identity(String cluster) {
        return new ApiVersionsHandler.Identity(cluster, 2, () -> 0);
    }

    private static AbstractResponse ask(
            PeerConnection connection, AbstractRequest.Builder<? extends AbstractRequest> request) {
        return connection
                .send(request, 3_000)
                .toCompletableFuture()
                .orTimeout(5, TimeUnit.SECONDS)
                .join()
                .body();
    }

    private static BrokerHeartbeatRequest.Builder heartbeat() {
        return new BrokerHeartbeatRequest.Builder(new BrokerHeartbeatRequestData().setBrokerId(1));
    }

    private static FindCoordinatorRequest.Builder findCoordinator() {
        return new FindCoordinatorRequest.Builder(new FindCoordinatorRequestData().setKey("group"));
    }

    @ParameterizedTest
    @EnumSource(
            value = ApiKeys.class,
            names = {
                "VOTE",
                "BEGIN_QUORUM_EPOCH",
                "END_QUORUM_EPOCH",
                "FETCH_SNAPSHOT",
                "UPDATE_RAFT_VOTER",
                "BROKER_REGISTRATION",
                "BROKER_HEARTBEAT",
                "ALTER_PARTITION",
                "ALLOCATE_PRODUCER_IDS"
            })
    void whatNodesSayToEachOtherIsForNoClientListener(ApiKeys api) {
        Apis.Builder clients = new Apis.Builder();
        assertThatThrownBy(() -> clients.add(api, _ -> {})).isInstanceOf(IllegalArgumentException.class);
        assertThat(clients.build(identity("c")).ranges()).doesNotContainKey(api);
        assertThat(new Apis.Builder()
                        .forNodes()
                        .add(api, _ -> {})
                        .build(identity("c"))
                        .ranges())
                .containsKey(api);
    }

    @Test
    void clientsGetNothingOnTheInternalListener() {
        Apis.Builder nodes = new Apis.Builder().forNodes();
        for (ApiKeys api : List.of(ApiKeys.PRODUCE, ApiKeys.METADATA, ApiKeys.FIND_COORDINATOR, ApiKeys.JOIN_GROUP))
            assertThatThrownBy(() -> nodes.add(api, _ -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHeartbeatOverAClientListenerAndACoordinatorOverTheInternalOneAreNotServed() throws Exception {
        PeerConnection client = to(new Apis.Builder()
                .add(ApiKeys.FIND_COORDINATOR, request -> request.close("not asked"))
                .build(identity("c")));
        assertThatThrownBy(() -> ask(client, heartbeat())).hasCauseInstanceOf(UnsupportedVersionException.class);
        PeerConnection internal = to(new Apis.Builder()
                .forNodes()
                .add(
                        ApiKeys.BROKER_HEARTBEAT,
                        request -> request.reply(
                                new BrokerHeartbeatResponse(new BrokerHeartbeatResponseData().setIsCaughtUp(true))))
                .build(identity("c")));
        assertThatThrownBy(() -> ask(internal, findCoordinator()))
                .hasCauseInstanceOf(UnsupportedVersionException.class);
        assertThat(((BrokerHeartbeatResponse) ask(internal, heartbeat())).data().isCaughtUp())
                .isTrue();
    }

    @Test
    void aNodeThatIsStartingSaysSoAndTakesTheRestLaterOnTheSameConnection() throws Exception {
        InternalApis apis = new InternalApis(new Apis.Builder()
                .forNodes()
                .add(
                        ApiKeys.DESCRIBE_CLUSTER,
                        request -> request.reply(
                                new DescribeClusterResponse(new DescribeClusterResponseData().setClusterId(""))))
                .buildStarting(identity("")));
        PeerConnection connection = to(apis);
        var describe = new DescribeClusterRequest.Builder(new DescribeClusterRequestData());
        assertThat(((DescribeClusterResponse) ask(connection, describe)).data().clusterId())
                .isEmpty();
        assertThatThrownBy(() -> ask(connection, heartbeat())).hasCauseInstanceOf(DisconnectException.class);
        // Given a connection from before
        ask(connection, describe);
        // When
        apis.serve(new Apis.Builder()
                .forNodes()
                .add(
                        ApiKeys.BROKER_HEARTBEAT,
                        request -> request.reply(
                                new BrokerHeartbeatResponse(new BrokerHeartbeatResponseData().setIsCaughtUp(true))))
                .build(identity("c")));
        // Then
        assertThat(((BrokerHeartbeatResponse) ask(connection, heartbeat()))
                        .data()
                        .isCaughtUp())
                .isTrue();
    }

    @Test
    void aFetchGoesToTheMetadataOrToTheReplicas() throws Exception {
        PeerConnection connection = to(new Apis.Builder()
                .forNodes()
                .add(
                        ApiKeys.FETCH,
                        new InternalFetchHandler(
                                request -> request.reply(FetchResponse.of(new FetchResponseData().setSessionId(1))),
                                request -> request.reply(FetchResponse.of(new FetchResponseData().setSessionId(2)))))
                .build(identity("c")));
        FetchRequestData metadata = new FetchRequestData().setReplicaState(new FetchRequestData.ReplicaState());
        metadata.topics().add(new FetchRequestData.FetchTopic().setTopicId(Uuid.METADATA_TOPIC_ID));
        assertThat(((FetchResponse) ask(connection, new FetchRequest.SimpleBuilder(metadata)))
                        .data()
                        .sessionId())
                .isEqualTo(1);
        short version = ApiKeys.FETCH.latestVersion();
        var replica = FetchRequest.Builder.forReplica(version, 3, 7, 500, 1, new LinkedHashMap<>());
        assertThat(((FetchResponse) ask(connection, replica)).data().sessionId())
                .isEqualTo(2);
        var consumer = FetchRequest.Builder.forConsumer(
                version, 500, 1, new LinkedHashMap<TopicPartition, FetchRequest.PartitionData>());
        assertThat(((FetchResponse) ask(connection, consumer)).data().errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
    }
}
