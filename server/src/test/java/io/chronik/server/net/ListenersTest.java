package io.chronik.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Binding, limits on connections, closing.
@ExtendWith(NoLeaks.class)
class ListenersTest {
    private static final ApiVersionsRequest PING = new ApiVersionsRequest.Builder((short) 0).build();

    @Test
    void aTakenPortIsNamedInOneLineWithAdvice() throws Exception {
        try (TestServer server = new TestServer(NetSettings.defaults(), TestServer.versions())) {
            InetSocketAddress taken = server.listener.address();
            assertThatThrownBy(() -> server.network.listen("PLAINTEXT", taken, TestServer.versions()))
                    .isInstanceOf(BindFailure.class)
                    .hasMessage(
                            "cannot listen on 127.0.0.1:" + taken.getPort()
                                    + " (listener PLAINTEXT): the port is in use; stop the process that has it or choose another port");
        }
    }

    @Test
    void anAddressThatIsNotOursIsNamed() throws Exception {
        try (TestServer server = new TestServer(NetSettings.defaults(), TestServer.versions())) {
            assertThatThrownBy(() ->
                            server.network.listen("A", new InetSocketAddress("192.0.2.1", 0), TestServer.versions()))
                    .isInstanceOf(BindFailure.class)
                    .hasMessageContaining("192.0.2.1:0 (listener A): this machine does not have the address");
            assertThatThrownBy(() -> server.network.listen(
                            "A", InetSocketAddress.createUnresolved("no.such.host", 1), TestServer.versions()))
                    .isInstanceOf(BindFailure.class)
                    .hasMessageContaining("the host name is unknown");
        }
    }

    @Test
    void aPortCanBeBoundAgainRightAfterClosing() throws Exception {
        InetSocketAddress address;
        try (TestServer server = new TestServer(NetSettings.defaults(), TestServer.versions());
                RawClient client = server.client()) {
            client.ping();
            address = server.listener.address();
        }
        try (TestServer server = new TestServer(NetSettings.defaults(), TestServer.versions());
                RawClient client = new RawClient(server.network
                        .listen("AGAIN", address, TestServer.versions())
                        .address())) {
            assertThat(client.ping().data().errorCode()).isZero();
        }
    }

    @Test
    void connectionsBeyondTheLimitAreClosedAndTheLimitIsFreedAgain() throws Exception {
        for (NetSettings settings : List.of(
                NetSettings.defaults().withConnections(2, 100),
                NetSettings.defaults().withConnections(100, 2))) {
            try (TestServer server = new TestServer(settings, TestServer.versions())) {
                try (RawClient one = server.client();
                        RawClient two = server.client()) {
                    one.ping();
                    two.ping();
                    // When
                    try (RawClient three = server.client()) {
                        assertThat(three.closedByServer()).isTrue();
                    }
                    // Then
                    one.ping();
                }
                Awaitility.await().until(() -> server.network.connectionCount() == 0);
                try (RawClient again = server.client()) {
                    again.ping();
                }
            }
        }
    }

    @Test
    void whoIsNotAdmittedIsSentAwayUntilHeIs() throws Exception {
        try (TestServer server = new TestServer(NetSettings.defaults(), TestServer.versions());
                RawClient before = server.client()) {
            before.ping();
            // When
            server.network.admit(false);
            // Then
            assertThat(before.closedByServer()).isTrue();
            try (RawClient meanwhile = server.client()) {
                assertThat(meanwhile.closedByServer()).isTrue();
            }
            // When
            server.network.admit(true);
            // Then
            try (RawClient after = server.client()) {
                after.ping();
            }
        }
    }

    @Test
    void anIdleConnectionIsClosedButNotOneThatWaitsForItsAnswer() throws Exception {
        List<ClientRequest> held = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(NetSettings.defaults().withTimes(100, 30_000), held::add);
                RawClient waiting = server.client();
                RawClient idle = server.client()) {
            // Given
            waiting.send(PING, 5);
            // When
            assertThat(idle.closedByServer()).isTrue();
            // Then
            Awaitility.await().until(() -> held.size() == 1);
            held.get(0).reply(new ApiVersionsResponse(new ApiVersionsResponseData()));
            assertThat(waiting.receiveCorrelationId()).isEqualTo(5);
        }
    }

    @Test
    void aConnectionMayIdleForEverWhenAsked() throws Exception {
        try (TestServer server = new TestServer(NetSettings.defaults().withTimes(Long.MAX_VALUE, 40), _ -> {});
                RawClient idle = server.client();
                RawClient slow = server.client()) {
            // When: the sweep that ends the slow frame has seen the idle connection too.
            assertThat(slow.sendInt(10).closedByServer()).isTrue();
            // Then
            Awaitility.await().until(() -> server.network.connectionCount() == 1);
            assertThat(idle.socket().isClosed()).isFalse();
        }
    }

    @Test
    void closingAnswersWhatIsInFlightAndTakesNoMore() throws Exception {
        List<ClientRequest> held = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(NetSettings.defaults(), held::add);
                RawClient client = server.client();
                RawClient idle = server.client()) {
            // Given
            client.send(PING, 1);
            Awaitility.await().until(() -> held.size() == 1);
            // When
            Thread closer = Thread.ofVirtual().start(() -> server.network.close(5000));
            assertThat(idle.closedByServer()).isTrue();
            held.get(0).reply(new ApiVersionsResponse(new ApiVersionsResponseData()));
            // Then
            assertThat(client.receiveCorrelationId()).isEqualTo(1);
            assertThat(client.closedByServer()).isTrue();
            closer.join();
            assertThatThrownBy(server::client).isInstanceOf(java.net.ConnectException.class);
        }
    }

    @Test
    void aConnectionTellsWhoItIs() throws Exception {
        List<ClientConnection> seen = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch closed = new CountDownLatch(2);
        RequestHandler handler = request -> {
            seen.add(request.connection());
            request.reply(new ApiVersionsResponse(new ApiVersionsResponseData()));
        };
        try (TestServer server = new TestServer(NetSettings.defaults(), handler)) {
            try (RawClient client = server.client()) {
                for (String name : List.of("evil\nname", "kafka-java")) {
                    ApiVersionsRequestData data = new ApiVersionsRequestData()
                            .setClientSoftwareName(name)
                            .setClientSoftwareVersion("1.2.3");
                    client.send(new ApiVersionsRequest(data, (short) 3), 1).receive();
                    // Then
                    ClientConnection connection = seen.removeLast();
                    assertThat(connection.softwareName()).isEqualTo(name.contains("evil") ? "unknown" : name);
                    assertThat(connection.peer()).isEqualTo(InetAddress.getLoopbackAddress());
                    assertThat(connection.local()).isEqualTo(server.listener.address());
                    assertThat(connection.listener()).isEqualTo("PLAINTEXT");
                    connection.onClose(closed::countDown);
                    connection.onClose(() -> closed.countDown()).cancel();
                }
            }
            assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }
}
