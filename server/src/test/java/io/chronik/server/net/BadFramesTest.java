package io.chronik.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// B01, B02, B04: framing over real sockets.
@ExtendWith(NoLeaks.class)
class BadFramesTest {
    private TestServer server;
    private RawClient other;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(NetSettings.defaults().withTimes(60_000, 200), TestServer.versions());
        other = server.client();
    }

    @AfterEach
    void otherConnectionStillWorks() throws Exception {
        assertThat(other.ping().data().errorCode()).isZero();
        other.close();
        server.close();
    }

    @Test
    void aSizeOutOfRangeEndsTheConnectionAtOnce() throws Exception {
        for (int size :
                new int[] {-1, 0, Integer.MIN_VALUE, Integer.MAX_VALUE, NetSettings.DEFAULT_MAX_REQUEST_BYTES + 1}) {
            try (RawClient client = server.client()) {
                assertThat(client.sendInt(size).closedByServer())
                        .as("size %d", size)
                        .isTrue();
            }
        }
    }

    @Test
    void aFrameTooShortForAHeaderEndsTheConnection() throws Exception {
        try (RawClient client = server.client()) {
            assertThat(client.sendInt(3).send((byte) 0, (byte) 18, (byte) 0).closedByServer())
                    .isTrue();
        }
    }

    @Test
    void tlsAndHttpOnThePlainPortAreHungUpOn() throws Exception {
        byte[] hello = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00};
        byte[] http = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        for (byte[] bytes : List.of(hello, http)) {
            try (RawClient client = server.client()) {
                assertThat(client.send(bytes).closedByServer()).isTrue();
            }
        }
    }

    @Test
    void tlsAndHttpHaveTheirOwnLogLine() {
        assertThat(BadFrame.size(0x16030102)).hasMessage("TLS hello on a plain listener");
        assertThat(BadFrame.size(0x47455420)).hasMessage("HTTP on a Kafka listener");
        assertThat(BadFrame.size(-1)).hasMessage("frame size out of range");
    }

    @Test
    void declaredSizesTakeNoMemory() throws Exception {
        try (TestServer patient = new TestServer(NetSettings.defaults(), TestServer.versions())) {
            // Given
            List<RawClient> clients = new ArrayList<>();
            // When
            for (int i = 0; i < 100; i++)
                clients.add(patient.client()
                        .sendInt(NetSettings.DEFAULT_MAX_REQUEST_BYTES)
                        .send((byte) 0, (byte) 0));
            Awaitility.await().until(() -> patient.network.connectionCount() == 100);
            // Then
            assertThat(patient.network.requestMemoryBytes()).isLessThanOrEqualTo(100 * 4096);
            for (RawClient client : clients) client.close();
        }
    }

    @Test
    void aFrameThatTakesTooLongEndsTheConnection() throws Exception {
        try (RawClient client = server.client()) {
            // Given
            client.sendInt(20).send((byte) 0);
            // When
            boolean closed = client.closedByServer();
            // Then
            assertThat(closed).isTrue();
            Awaitility.await().until(() -> server.network.requestMemoryBytes() == 0);
        }
    }

    @Test
    void aFrameInSingleBytesIsRead() throws Exception {
        try (RawClient client = server.client()) {
            ApiVersionsRequest request = new ApiVersionsRequest.Builder((short) 0).build();
            for (byte one : RawClient.frame(request, 3)) client.send(one);
            assertThat(client.receiveCorrelationId()).isEqualTo(3);
        }
    }

    @Test
    void halfClosingEndsTheConnection() throws Exception {
        try (RawClient client = server.client()) {
            client.sendInt(20).socket().shutdownOutput();
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void anUnknownKeyOrVersionEndsTheConnection() throws Exception {
        short[][] unknown = {
            {999, 0},
            {-1, 0},
            {ApiKeys.METADATA.id, -1},
            {ApiKeys.METADATA.id, 32_767},
            {4, 0},
            {5, 1},
            {ApiKeys.METADATA.id, (short) (RawClient.latest(ApiKeys.METADATA) + 1)},
            {ApiKeys.FETCH.id, 3}
        };
        for (short[] keyAndVersion : unknown) {
            try (RawClient client = server.client()) {
                client.sendInt(10)
                        .send((byte) (keyAndVersion[0] >> 8), (byte) keyAndVersion[0])
                        .send((byte) (keyAndVersion[1] >> 8), (byte) keyAndVersion[1])
                        .sendInt(1)
                        .send((byte) 0, (byte) 0);
                assertThat(client.closedByServer()).isTrue();
            }
        }
    }

    @Test
    void aRequestThatIsNotServedEndsTheConnection() throws Exception {
        try (RawClient client = server.client()) {
            client.send(
                    new ListGroupsRequest.Builder(new org.apache.kafka.common.message.ListGroupsRequestData())
                            .build((short) 0),
                    1);
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void anApiVersionsOfAnUnknownVersionIsAnsweredInV0WithTheRange() throws Exception {
        for (short version : new short[] {-1, 6, 32_767}) {
            try (RawClient client = server.client()) {
                // Given: a header of v2 for flexible versions (with no tags), of v1 below.
                client.sendInt(version < 0 ? 10 : 11)
                        .send((byte) 0, (byte) 18, (byte) (version >> 8), (byte) version)
                        .sendInt(77)
                        .send((byte) 0, (byte) 0);
                if (version >= 0) client.send((byte) 0);
                // When
                java.nio.ByteBuffer reply = client.receive();
                // Then
                assertThat(reply.getInt()).isEqualTo(77);
                assertThat(reply.getShort()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
                assertThat(reply.getInt()).as("one range").isEqualTo(1);
                assertThat(new short[] {reply.getShort(), reply.getShort(), reply.getShort()})
                        .containsExactly(18, 0, 5);
                assertThat(reply.hasRemaining()).isFalse();
            }
        }
    }

    @Test
    void produceBeforeV3IsRefusedWithAnErrorInItsOwnFormat() throws Exception {
        for (short version = 0; version < 3; version++) {
            try (RawClient client = server.client()) {
                // Given: header, acks=1, timeout, one topic "t" with partition 4 and 2 bytes of records.
                client.sendInt(8 + 2 + 6 + 4 + 3 + 4 + 4 + 4 + 2)
                        .send((byte) 0, (byte) 0, (byte) 0, (byte) version)
                        .sendInt(9)
                        .send((byte) 0, (byte) 0)
                        .send((byte) 0, (byte) 1)
                        .sendInt(1000)
                        .sendInt(1)
                        .send((byte) 0, (byte) 1, (byte) 't')
                        .sendInt(1)
                        .sendInt(4)
                        .sendInt(2)
                        .send((byte) 1, (byte) 2);
                // When
                java.nio.ByteBuffer reply = client.receive();
                // Then
                assertThat(reply.getInt()).isEqualTo(9);
                assertThat(reply.getInt()).isEqualTo(1);
                assertThat(reply.getShort()).isEqualTo((short) 1);
                assertThat(reply.get()).isEqualTo((byte) 't');
                assertThat(reply.getInt()).isEqualTo(1);
                assertThat(reply.getInt()).isEqualTo(4);
                assertThat(reply.getShort()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
                assertThat(reply.getLong()).isEqualTo(-1);
                assertThat(reply.remaining()).isEqualTo(version == 0 ? 0 : version == 1 ? 4 : 12);
            }
        }
    }
}
