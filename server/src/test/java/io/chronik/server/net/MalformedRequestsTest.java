package io.chronik.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.server.net.RequestCorpus.Sample;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.FetchRequest;
import org.junit.jupiter.api.Test;

/// B03-B07: whatever bytes come in a frame, the connection answers or ends, and nothing else is disturbed.
class MalformedRequestsTest {
    private static final List<Sample> CORPUS = RequestCorpus.all();

    private final NetSettings settings = NetSettings.defaults();
    private final MemoryBudget budget = new MemoryBudget(settings.requestMemoryBytes());
    private final NetShared shared = new NetShared(settings, NetListener.NONE, budget, new ConnectionLimits(settings));

    /// Gives a frame to a connection of its own; returns the bytes of the replies, and checks that nothing is left.
    private int replyBytes(byte[] frame) {
        EmbeddedChannel channel = new EmbeddedChannel();
        LoopConnections loop = new LoopConnections(channel.eventLoop(), settings);
        KafkaConnection connection = new KafkaConnection(
                1, "PLAINTEXT", channel, InetAddress.getLoopbackAddress(), TestServer.REFUSE, shared, loop);
        channel.pipeline().addLast(connection);
        ByteBuf bytes = channel.alloc().directBuffer(4 + frame.length);
        channel.writeInbound(bytes.writeInt(frame.length).writeBytes(frame));
        channel.runPendingTasks();
        int replied = 0;
        for (ByteBuf reply; (reply = channel.readOutbound()) != null; ) {
            replied += reply.readableBytes();
            reply.release();
        }
        assertThat(replied > 0 || !channel.isOpen()).as("answered or closed").isTrue();
        channel.finishAndReleaseAll();
        assertThat(bytes.refCnt()).isZero();
        return replied;
    }

    @Test
    void everyKindAndVersionOfRequestIsParsedAndAnswered() {
        // Given
        Set<ApiKeys> answered = new HashSet<>();
        // When
        for (Sample sample : CORPUS) if (replyBytes(sample.frame()) > 0) answered.add(sample.api());
        // Then
        assertThat(CORPUS).hasSizeGreaterThan(300);
        assertThat(answered).hasSizeGreaterThan(80);
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aRequestTruncatedAtAnyByteIsAnsweredOrEndsItsConnection() {
        for (Sample sample : CORPUS)
            for (int length = 1; length < sample.frame().length; length++)
                replyBytes(Arrays.copyOf(sample.frame(), length));
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aRequestWithAnyByteChangedIsAnsweredOrEndsItsConnection() {
        Random random = new Random(20261123);
        for (Sample sample : CORPUS) {
            for (int i = 0; i < sample.frame().length; i++) {
                byte[] changed = sample.frame().clone();
                changed[i] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
                replyBytes(changed);
            }
        }
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void randomBytesAreRefused() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[1 + random.nextInt(64)];
            random.nextBytes(noise);
            if (noise.length > 1 && i % 2 == 0) noise[0] = 0; // Often a known API key.
            replyBytes(noise);
        }
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aCountBeyondTheBytesThatAreThereIsRefusedBeforeAllocation() {
        for (int count : new int[] {Integer.MAX_VALUE, -2, 1_000_001}) {
            // Given: Fetch v4, whose last field but the topics' content is their count.
            FetchRequest request = new FetchRequest(new FetchRequestData(), (short) 4);
            byte[] sized = RawClient.frame(request, 1);
            byte[] frame = Arrays.copyOfRange(sized, 4, sized.length);
            ByteBuffer.wrap(frame).putInt(frame.length - 4, count);
            // When
            int replied = replyBytes(frame);
            // Then
            assertThat(replied).isZero();
        }
    }

    @Test
    void hostileClientIdsDoNoHarm() throws Exception {
        for (byte[] id :
                new byte[][] {{(byte) 0xff, (byte) 0xfe, (byte) 0x80}, {0, 0}, new byte[32_000], {97, 10, 27, 91}}) {
            // Given: ListGroups v0 with this client id.
            ByteBuffer frame = ByteBuffer.allocate(10 + id.length)
                    .putShort(ApiKeys.LIST_GROUPS.id)
                    .putShort((short) 0)
                    .putInt(5)
                    .putShort((short) id.length)
                    .put(id);
            // When
            int replied = replyBytes(frame.array());
            // Then
            assertThat(replied).isPositive();
        }
    }

    @Test
    void badFramesOnOneConnectionLeaveAnotherAlone() throws Exception {
        // Given
        try (TestServer server = new TestServer(settings, TestServer.versions());
                RawClient other = server.client()) {
            for (int i = 0; i < CORPUS.size(); i += 3) {
                byte[] frame = CORPUS.get(i).frame();
                // When
                try (RawClient bad = server.client()) {
                    bad.send(ByteBuffer.allocate(4 + frame.length / 2)
                            .putInt(frame.length / 2)
                            .put(frame, 0, frame.length / 2)
                            .array());
                    assertThat(bad.closedByServer()).isTrue();
                }
                // Then
                if (i % 30 == 0) assertThat(other.ping().data().apiKeys()).isNotEmpty();
            }
            assertThat(other.ping().data().apiKeys()).isNotEmpty();
        }
    }
}
