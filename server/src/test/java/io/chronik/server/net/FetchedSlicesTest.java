package io.chronik.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.LogSlice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Fetch replies made of file slices: bytes arrive exactly, and every slice is closed exactly once.
@ExtendWith(NoLeaks.class)
class FetchedSlicesTest {
    private static final FetchRequest FETCH = new FetchRequest(new FetchRequestData(), (short) 12);
    private static final int FILE_BYTES = 4 << 20;

    @TempDir
    Path directory;

    private final byte[] file = new byte[FILE_BYTES];
    private FileChannel channel;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger closedTwice = new AtomicInteger();

    @BeforeEach
    void write() throws IOException {
        new Random(1).nextBytes(file);
        Path path = directory.resolve("segment");
        Files.write(path, file);
        channel = FileChannel.open(path, StandardOpenOption.READ);
    }

    @AfterEach
    void everySliceIsClosedOnce() throws IOException {
        Awaitility.await().untilAtomic(open, org.hamcrest.Matchers.is(0));
        assertThat(closedTwice).hasValue(0);
        assertThat(channel.isOpen()).isTrue();
        channel.close();
    }

    private final class Slice implements LogSlice {
        private final int position;
        private final int sizeBytes;
        private final boolean hasChannel;
        private final AtomicInteger closes = new AtomicInteger();

        Slice(int position, int sizeBytes, boolean hasChannel) {
            this.position = position;
            this.sizeBytes = sizeBytes;
            this.hasChannel = hasChannel;
            open.incrementAndGet();
        }

        @Override
        public int sizeBytes() {
            return sizeBytes;
        }

        @Override
        public long baseOffset() {
            return 0;
        }

        @Override
        public long filePosition() {
            return position;
        }

        @Override
        public Optional<FileChannel> channel() {
            return hasChannel ? Optional.of(channel) : Optional.empty();
        }

        @Override
        public ByteBuffer copy() {
            return ByteBuffer.wrap(file, position, Math.min(sizeBytes, FILE_BYTES - position));
        }

        @Override
        public void close() {
            if (closes.incrementAndGet() > 1) closedTwice.incrementAndGet();
            open.decrementAndGet();
        }
    }

    private FetchResponse response(org.apache.kafka.common.record.internal.BaseRecords... records) {
        FetchableTopicResponse topic = new FetchableTopicResponse().setTopic("t");
        for (int i = 0; i < records.length; i++)
            topic.partitions()
                    .add(new PartitionData()
                            .setPartitionIndex(i)
                            .setHighWatermark(9)
                            .setRecords(records[i]));
        return FetchResponse.of(new FetchResponseData().setResponses(new ArrayList<>(List.of(topic))));
    }

    private SliceRecords slice(int position, int sizeBytes, boolean hasChannel) {
        return new SliceRecords(new Slice(position, sizeBytes, hasChannel));
    }

    private static byte[] bytes(PartitionData partition) {
        ByteBuffer buffer = ((MemoryRecords) partition.records()).buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private byte[] part(int position, int sizeBytes) {
        return java.util.Arrays.copyOfRange(file, position, position + sizeBytes);
    }

    @Test
    void slicesArriveByteForByteBetweenOtherRecords() throws Exception {
        MemoryRecords memory = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[] {1}));
        RequestHandler handler = request -> request.reply(response(
                slice(1000, 3_000_000, true),
                memory,
                slice(7, 0, true),
                slice(5, 70_000, false),
                slice(4_000_000, 190_000, true),
                MemoryRecords.EMPTY));
        for (boolean epoll : new boolean[] {true, false}) {
            try (TestServer server = new TestServer(EventLoops.start(1, epoll), NetSettings.defaults(), handler);
                    RawClient client = server.client()) {
                for (int i = 0; i < 3; i++) {
                    // When
                    client.send(FETCH, i);
                    FetchResponse got = (FetchResponse) client.receive(FETCH, i);
                    // Then
                    List<PartitionData> parts = got.data().responses().get(0).partitions();
                    assertThat(bytes(parts.get(0))).isEqualTo(part(1000, 3_000_000));
                    assertThat(((MemoryRecords) parts.get(1).records()).buffer())
                            .isEqualTo(memory.buffer());
                    assertThat(bytes(parts.get(2))).isEmpty();
                    assertThat(bytes(parts.get(3))).isEqualTo(part(5, 70_000));
                    assertThat(bytes(parts.get(4))).isEqualTo(part(4_000_000, 190_000));
                    assertThat(parts.get(5).highWatermark()).isEqualTo(9);
                }
            }
        }
    }

    @Test
    void aShortResponseIsOneBufferWithItsSlicesClosed() {
        // Given
        FetchResponse response = response(slice(3, 20_000, true), slice(0, 0, true), slice(9, 12_000, true));
        // When
        ResponseEncoder.Parts parts =
                ResponseEncoder.encode(header(), response, (short) 12, PooledByteBufAllocator.DEFAULT, true);
        // Then
        assertThat(open).hasValue(0);
        assertThat(parts.list()).hasSize(1);
        ByteBuf frame = (ByteBuf) parts.list().getFirst();
        assertThat(frame.readableBytes()).isEqualTo(parts.sizeBytes());
        FetchResponse got = (FetchResponse)
                AbstractResponse.parseResponse(frame.skipBytes(4).nioBuffer(), header());
        List<PartitionData> partitions = got.data().responses().get(0).partitions();
        assertThat(bytes(partitions.get(0))).isEqualTo(part(3, 20_000));
        assertThat(bytes(partitions.get(2))).isEqualTo(part(9, 12_000));
        frame.release();
    }

    private static RequestHeader header() {
        return new RequestHeader(ApiKeys.FETCH, (short) 12, "client", 1);
    }

    @Test
    void aReaderThatGoesAwayInTheMiddleLeavesNothingOpen() throws Exception {
        RequestHandler handler = request -> request.reply(response(slice(0, FILE_BYTES, true), slice(0, 10, true)));
        try (TestServer server = new TestServer(NetSettings.defaults(), handler)) {
            for (int i = 0; i < 10; i++) {
                try (RawClient client = new RawClient(server.listener.address(), 8192)) {
                    for (int j = 0; j < 20; j++) client.send(FETCH, j);
                    client.socket().getInputStream().readNBytes(10_000);
                }
            }
            Awaitility.await().until(() -> server.network.connectionCount() == 0);
        }
    }

    @Test
    void slicesWaitingForASlowReaderAreBounded() throws Exception {
        RequestHandler handler = request -> request.reply(response(slice(0, FILE_BYTES, true)));
        try (TestServer server = new TestServer(NetSettings.defaults(), handler);
                RawClient client = new RawClient(server.listener.address(), 8192)) {
            // When
            for (int j = 0; j < 500; j++) client.send(FETCH, j);
            Awaitility.await().until(() -> open.get() > 10);
            // Then
            assertThat(open.get()).isLessThanOrEqualTo(NetSettings.defaults().maxInFlight());
        }
    }

    @Test
    void anAnswerAfterTheConnectionIsGoneClosesItsSlices() throws Exception {
        // Given
        List<ClientRequest> held = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(NetSettings.defaults(), held::add)) {
            try (RawClient client = server.client()) {
                client.send(FETCH, 1).send(FETCH, 2);
                Awaitility.await().until(() -> held.size() == 2);
                held.get(1).reply(response(slice(0, 100, true)));
            }
            Awaitility.await().until(() -> server.network.connectionCount() == 0);
            // When
            held.get(0).reply(response(slice(0, 100, true)));
        }
    }

    @Test
    void anAnswerAfterTheServerHasStoppedClosesItsSlices() throws Exception {
        // Given
        List<ClientRequest> held = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(NetSettings.defaults(), held::add);
                RawClient client = server.client()) {
            client.send(FETCH, 1);
            Awaitility.await().until(() -> held.size() == 1);
        }
        // When
        held.get(0).reply(response(slice(0, 100, true)));
        // Then: closed, see everySliceIsClosedOnce.
    }

    @Test
    void aSliceShorterThanItSaysEndsTheConnectionAndNothingElse() throws Exception {
        RequestHandler handler = request -> {
            int sizeBytes = request.header().correlationId() < 2 ? 20 : 100_000;
            boolean hasChannel = request.header().correlationId() % 2 == 1;
            request.reply(response(slice(FILE_BYTES - 10, sizeBytes, hasChannel), slice(0, 10, true)));
        };
        try (TestServer server = new TestServer(NetSettings.defaults(), handler)) {
            for (int correlationId = 0; correlationId < 4; correlationId++) {
                try (RawClient client = server.client()) {
                    client.send(FETCH, correlationId);
                    client.socket().setSoTimeout(3000);
                    assertThat(client.closedByServer())
                            .as("reply %d", correlationId)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void aSecondAnswerIsRefusedAndItsSlicesClosed() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        RequestHandler handler = request -> {
            request.reply(response(slice(0, 10, true)));
            try {
                request.reply(response(slice(0, 10, true)));
            } catch (IllegalStateException e) {
                refused.incrementAndGet();
            }
        };
        try (TestServer server = new TestServer(NetSettings.defaults(), handler);
                RawClient client = server.client()) {
            client.send(FETCH, 1).receive();
            assertThat(refused).hasValue(1);
        }
    }
}
