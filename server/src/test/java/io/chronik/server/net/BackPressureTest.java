package io.chronik.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Order of replies, and what a connection may pile up.
@ExtendWith(NoLeaks.class)
class BackPressureTest {
    private static final ApiVersionsRequest PING = new ApiVersionsRequest.Builder((short) 0).build();

    private static ProduceRequest produce(int valueBytes) {
        MemoryRecords records =
                MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1, new byte[] {1}, new byte[valueBytes]));
        ProduceRequestData data = new ProduceRequestData().setAcks((short) 1).setTimeoutMs(1000);
        data.topicData()
                .add(new TopicProduceData()
                        .setName("t")
                        .setPartitionData(
                                List.of(new PartitionProduceData().setIndex(0).setRecords(records))));
        return new ProduceRequest(data, (short) 9);
    }

    private static ApiVersionsResponse empty() {
        return new ApiVersionsResponse(new ApiVersionsResponseData());
    }

    @Test
    void repliesLeaveInRequestOrderWhateverTheOrderOfTheAnswers() throws Exception {
        // Given
        List<ClientRequest> held = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(NetSettings.defaults(), held::add);
                RawClient client = server.client();
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 50; i++) client.send(PING, i);
            Awaitility.await().until(() -> held.size() == 50);
            Collections.shuffle(held, new Random(3));
            // When
            for (ClientRequest request : held) threads.execute(() -> request.reply(empty()));
            // Then
            for (int i = 0; i < 50; i++)
                assertThat(client.receiveCorrelationId()).isEqualTo(i);
        }
    }

    @Test
    void aRequestWithoutAReplyDoesNotHoldUpTheNext() throws Exception {
        // Given
        List<ClientRequest> held = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(NetSettings.defaults(), held::add);
                RawClient client = server.client()) {
            for (int i = 0; i < 3; i++) client.send(PING, i);
            Awaitility.await().until(() -> held.size() == 3);
            // When
            held.get(2).reply(empty());
            held.get(1).replyNothing();
            held.get(0).reply(empty());
            // Then
            assertThat(client.receiveCorrelationId()).isZero();
            assertThat(client.receiveCorrelationId()).isEqualTo(2);
        }
    }

    @Test
    void hangingUpInsteadOfAnAnswerSendsWhatCameBefore() throws Exception {
        // Given
        List<ClientRequest> held = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(NetSettings.defaults(), held::add);
                RawClient client = server.client()) {
            for (int i = 0; i < 2; i++) client.send(PING, i);
            Awaitility.await().until(() -> held.size() == 2);
            // When
            held.get(1).close("test");
            held.get(0).reply(empty());
            // Then
            assertThat(client.receiveCorrelationId()).isZero();
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void tenThousandPipelinedRequestsOfASilentReaderAreHeldBack() throws Exception {
        // Given: each reply has 8 KiB.
        ApiVersionsResponse big = empty();
        for (short i = 0; i < 1365; i++)
            big.data().apiKeys().add(new ApiVersionsResponseData.ApiVersion().setApiKey(i));
        ConcurrentLinkedQueue<Integer> handled = new ConcurrentLinkedQueue<>();
        RequestHandler handler = request -> {
            handled.add(request.header().correlationId());
            request.reply(big);
        };
        try (TestServer server = new TestServer(NetSettings.defaults(), handler);
                RawClient silent = new RawClient(server.listener.address(), 16 * 1024);
                RawClient other = server.client()) {
            // When
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 10_000; i++) silent.send(PING, i);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            other.send(PING, 1).receive();
            Awaitility.await().during(200, TimeUnit.MILLISECONDS).until(() -> {
                int before = handled.size();
                Thread.onSpinWait();
                return handled.size() == before;
            });
            // Then: what was handled fits into the socket's and our own send buffer, by far not 80 MB.
            assertThat(handled.size()).isLessThan(2000);
            for (int i = 0; i < 10_000; i++)
                assertThat(silent.receiveCorrelationId()).isEqualTo(i);
            sender.join();
        }
    }

    @Test
    void requestsInFlightAreBounded() throws Exception {
        // Given
        List<ClientRequest> held = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(NetSettings.defaults().withMaxInFlight(4), held::add);
                RawClient client = server.client()) {
            for (int i = 0; i < 10; i++) client.send(PING, i);
            Awaitility.await().until(() -> held.size() == 4);
            // When
            held.get(0).reply(empty());
            // Then
            Awaitility.await().until(() -> held.size() == 5);
            assertThat(client.receiveCorrelationId()).isZero();
            for (int i = 1; i < 10; i++) {
                int next = i;
                Awaitility.await().until(() -> held.size() > next);
                held.get(i).reply(empty());
                assertThat(client.receiveCorrelationId()).isEqualTo(i);
            }
        }
    }

    @Test
    void framesBeyondTheMemoryBudgetWaitUntilOthersAreAnswered() throws Exception {
        // Given
        List<ClientRequest> held = Collections.synchronizedList(new ArrayList<>());
        ProduceRequest request = produce(100_000);
        try (TestServer server = new TestServer(NetSettings.defaults().withRequestMemory(150_000), held::add)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) clients.add(server.client());
            List<Thread> senders = new ArrayList<>();
            for (RawClient client : clients) {
                senders.add(Thread.ofVirtual().start(() -> {
                    try {
                        client.send(request, 1);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            // When
            Awaitility.await().until(() -> !held.isEmpty());
            // Then
            assertThat(server.network.requestMemoryBytes()).isLessThan(8 * 100_000);
            for (int i = 0; i < 8; i++) {
                int next = i;
                Awaitility.await().until(() -> held.size() > next);
                held.get(i).reply(new ProduceResponse(new ProduceResponseData()));
            }
            for (Thread sender : senders) sender.join();
            for (RawClient client : clients) client.receive();
            Awaitility.await().until(() -> server.network.requestMemoryBytes() == 0);
            for (RawClient client : clients) client.close();
        }
    }

    @Test
    void aLargeFrameArrivesWhole() throws Exception {
        // Given
        ConcurrentLinkedQueue<Long> sums = new ConcurrentLinkedQueue<>();
        MemoryRecords sent = (MemoryRecords) produce(3_000_000)
                .data()
                .topicData()
                .iterator()
                .next()
                .partitionData()
                .get(0)
                .records();
        RequestHandler handler = request -> {
            MemoryRecords got = (MemoryRecords) ((ProduceRequest) request.body())
                    .data()
                    .topicData()
                    .iterator()
                    .next()
                    .partitionData()
                    .get(0)
                    .records();
            got.batches().forEach(batch -> batch.ensureValid());
            sums.add((long) got.sizeInBytes());
            request.reply(new ProduceResponse(new ProduceResponseData()));
        };
        for (boolean epoll : new boolean[] {true, false}) {
            try (TestServer server = new TestServer(EventLoops.start(1, epoll), NetSettings.defaults(), handler);
                    RawClient client = server.client()) {
                // When
                client.send(produce(3_000_000), 1).receive();
                client.send(produce(10), 2).receive();
                // Then
                assertThat(sums.poll()).isEqualTo(sent.sizeInBytes());
                sums.clear();
            }
        }
    }

    @Test
    void answersAfterTheConnectionIsGoneGiveTheirMemoryBack() throws Exception {
        // Given
        List<ClientRequest> held = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(NetSettings.defaults(), held::add)) {
            CountDownLatch closed = new CountDownLatch(1);
            try (RawClient client = server.client()) {
                client.send(produce(1000), 1).send(produce(1000), 2);
                Awaitility.await().until(() -> held.size() == 2);
                held.get(0).connection().onClose(closed::countDown);
            }
            assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(server.network.requestMemoryBytes()).isPositive();
            // When
            for (ClientRequest request : held) request.reply(new ProduceResponse(new ProduceResponseData()));
            // Then
            Awaitility.await().until(() -> server.network.requestMemoryBytes() == 0);
        }
    }

    @Test
    void anyThrowableOfAHandlerBecomesAnErrorReply() throws Exception {
        // Given
        RequestHandler handler = _ -> {
            throw new StackOverflowError();
        };
        try (TestServer server = new TestServer(NetSettings.defaults(), handler);
                RawClient client = server.client()) {
            // When
            ApiVersionsResponse reply =
                    (ApiVersionsResponse) client.send(PING, 1).receive(PING, 1);
            // Then
            assertThat(reply.data().errorCode()).isEqualTo((short) -1);
        }
    }
}
