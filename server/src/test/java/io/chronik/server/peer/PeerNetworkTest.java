package io.chronik.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.server.api.ApiVersionsHandler;
import io.chronik.server.api.Apis;
import io.chronik.server.config.HostPort;
import io.chronik.server.net.ClientRequest;
import io.chronik.server.net.EventLoops;
import io.chronik.server.net.KafkaListener;
import io.chronik.server.net.NetListener;
import io.chronik.server.net.NetSettings;
import io.chronik.server.net.Network;
import io.chronik.server.peer.PeerConnection.PeerAnswer;
import io.chronik.server.peer.PeerConnection.Reason;
import io.chronik.server.peer.PeerNetwork.Purpose;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The Netty side of connections to other nodes, on the loopback.
class PeerNetworkTest {
    private final EventLoops loops = EventLoops.start(2);
    private final Map<Integer, HostPort> addresses = new ConcurrentHashMap<>();
    private final List<Network> servers = new ArrayList<>();
    private final NettyPeerNetwork peers = new NettyPeerNetwork(
            1,
            loops,
            loops,
            Runnable::run,
            node -> Optional.ofNullable(addresses.get(node)),
            () -> Optional.of("cluster"));

    @AfterEach
    void close() {
        peers.close();
        servers.forEach(server -> server.close(0));
        loops.close();
    }

    private Network serve(int node, java.util.function.Consumer<ClientRequest> handler) throws Exception {
        Network server = new Network(loops, NetSettings.defaults(), NetListener.NONE);
        servers.add(server);
        Apis apis = new Apis.Builder()
                .add(ApiKeys.DESCRIBE_CLUSTER, handler::accept)
                .build(new ApiVersionsHandler.Identity("cluster", node, () -> 0));
        KafkaListener listener =
                server.listen("CONTROLLER", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), apis);
        addresses.put(node, new HostPort("127.0.0.1", listener.address().getPort()));
        return server;
    }

    private HostPort addressOf(int node) {
        return Optional.ofNullable(addresses.get(node)).orElseThrow();
    }

    private static DescribeClusterRequest.Builder describe() {
        return new DescribeClusterRequest.Builder(new DescribeClusterRequestData());
    }

    private static void answer(ClientRequest request) {
        request.reply(new DescribeClusterResponse(new DescribeClusterResponseData().setClusterId("cluster")));
    }

    private static PeerAnswer await(CompletionStage<PeerAnswer> answer) {
        return answer.toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).join();
    }

    @Test
    void aRequestIsAnswered() throws Exception {
        serve(2, PeerNetworkTest::answer);
        int port = addressOf(2).port();
        PeerAnswer answer = await(peers.to(2, Purpose.CONTROLLER).send(describe(), 2_000));
        assertThat(((DescribeClusterResponse) answer.body()).data().clusterId()).isEqualTo("cluster");
        for (String host : List.of("127.0.0.1", "localhost"))
            await(peers.to(new HostPort(host, port), Purpose.PROBE).send(describe(), 2_000));
    }

    @Test
    void purposesDoNotWaitForEachOther() throws Exception {
        LinkedBlockingQueue<ClientRequest> held = new LinkedBlockingQueue<>();
        serve(2, held::add);
        CompletionStage<PeerAnswer> slow = peers.to(2, Purpose.REPLICA).send(describe(), 5_000);
        ClientRequest first = held.take();
        // When
        CompletionStage<PeerAnswer> heartbeat = peers.to(2, Purpose.CONTROLLER).send(describe(), 5_000);
        answer(held.take());
        // Then
        await(heartbeat);
        assertThat(slow.toCompletableFuture()).isNotDone();
        answer(first);
        await(slow);
    }

    @Test
    void whoIsGoneIsToldFromWhoIsSilent() throws Exception {
        LinkedBlockingQueue<Reason> reasons = new LinkedBlockingQueue<>();
        LinkedBlockingQueue<ClientRequest> held = new LinkedBlockingQueue<>();
        Network server = serve(2, held::add);
        PeerConnection connection = peers.to(2, Purpose.RAFT);
        connection.onClosed(reasons::add);
        // When it does not answer
        CompletionStage<PeerAnswer> silent = connection.send(describe(), 100);
        assertThatThrownBy(() -> await(silent)).hasCauseInstanceOf(TimeoutException.class);
        assertThat(reasons.take()).isEqualTo(Reason.TIMED_OUT);
        // When it closes, then is gone
        CompletionStage<PeerAnswer> lost = connection.send(describe(), 5_000);
        held.take();
        held.take();
        server.close(0);
        assertThatThrownBy(() -> await(lost)).hasCauseInstanceOf(DisconnectException.class);
        assertThat(reasons.take()).isEqualTo(Reason.CLOSED_BY_PEER);
        CompletionStage<PeerAnswer> refused = connection.send(describe(), 5_000);
        assertThatThrownBy(() -> await(refused)).hasCauseInstanceOf(DisconnectException.class);
        assertThat(reasons.take()).isEqualTo(Reason.REFUSED);
    }

    @Test
    void itFollowsTheNodeToANewAddress() throws Exception {
        Network before = serve(2, PeerNetworkTest::answer);
        PeerConnection connection = peers.to(2, Purpose.CONTROLLER);
        await(connection.send(describe(), 2_000));
        before.close(0);
        serve(2, PeerNetworkTest::answer);
        // When, then: the first may still find the old connection.
        await(connection.send(describe(), 2_000).exceptionallyCompose(_ -> connection.send(describe(), 2_000)));
    }

    @Test
    void aNodeThatIsAnotherOneIsNotAsked() throws Exception {
        LinkedBlockingQueue<ClientRequest> asked = new LinkedBlockingQueue<>();
        serve(3, asked::add);
        addresses.put(2, addressOf(3));
        assertThatThrownBy(() -> await(peers.to(2, Purpose.CONTROLLER).send(describe(), 2_000)))
                .hasCauseInstanceOf(DisconnectException.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void whatThePeerDoesNotServeIsNotSent() throws Exception {
        serve(2, PeerNetworkTest::answer);
        CompletionStage<PeerAnswer> refused =
                peers.to(2, Purpose.CONTROLLER).send(MetadataRequest.Builder.allTopics(), 2_000);
        assertThatThrownBy(() -> await(refused))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(UnsupportedVersionException.class);
    }

    @Test
    void anUnknownNodeAndAClosedNetworkFailAtOnce() throws Exception {
        LinkedBlockingQueue<Reason> reasons = new LinkedBlockingQueue<>();
        PeerConnection unknown = peers.to(9, Purpose.CONTROLLER);
        unknown.onClosed(reasons::add);
        assertThatThrownBy(() -> await(unknown.send(describe(), 2_000))).hasCauseInstanceOf(DisconnectException.class);
        assertThat(reasons.take()).isEqualTo(Reason.UNREACHABLE);
        peers.close();
        assertThatThrownBy(() -> await(peers.to(2, Purpose.RAFT).send(describe(), 2_000)))
                .hasCauseInstanceOf(DisconnectException.class);
    }
}
