package io.chronik.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.server.net.FrameReader.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private final MemoryBudget budget = new MemoryBudget(1 << 20);

    private FrameReader reader() {
        return new FrameReader(NetSettings.defaults(), budget, UnpooledByteBufAllocator.DEFAULT);
    }

    private static ByteBuf stream(int... sizes) {
        ByteBuf stream = Unpooled.buffer();
        for (int size : sizes) {
            stream.writeInt(size);
            for (int i = 0; i < size; i++) stream.writeByte(i + size);
        }
        return stream;
    }

    private static void check(Frame frame, int size) {
        assertThat(frame.bytes().readableBytes()).isEqualTo(size);
        assertThat(frame.bytes().nioBufferCount()).isEqualTo(1);
        for (int i = 0; i < size; i++)
            assertThat(frame.bytes().getByte(frame.bytes().readerIndex() + i)).isEqualTo((byte) (i + size));
        frame.release();
    }

    @Test
    void framesAreTheSameHoweverTheStreamIsCut() throws Exception {
        int[] sizes = {1, 70_000, 3, 5_000, 40_000, 2};
        Random random = new Random(5);
        for (int round = 0; round < 50; round++) {
            // Given
            FrameReader reader = reader();
            ByteBuf stream = stream(sizes);
            List<Integer> got = new ArrayList<>();
            // When: pieces of random size, read as the socket would.
            while (stream.isReadable()) {
                ByteBuf into = reader.receiveBuffer();
                int piece = Math.min(stream.readableBytes(), 1 + random.nextInt(round < 10 ? 7 : 30_000));
                if (into == null) into = Unpooled.buffer(piece);
                into.writeBytes(stream, Math.min(piece, into.writableBytes()));
                reader.offer(into);
                for (Frame frame; (frame = reader.next()) != null; ) {
                    got.add(frame.bytes().readableBytes());
                    check(frame, got.getLast());
                }
            }
            // Then
            assertThat(got).containsExactly(1, 70_000, 3, 5_000, 40_000, 2);
            assertThat(reader.midFrame()).isFalse();
            assertThat(budget.usedBytes()).isZero();
            stream.release();
        }
    }

    @Test
    void memoryFollowsWhatHasArrived() throws Exception {
        // Given
        FrameReader reader = reader();
        // When
        reader.offer(Unpooled.buffer().writeInt(100_000_000).writeZero(1000));
        // Then
        assertThat(reader.next()).isNull();
        assertThat(budget.usedBytes()).isEqualTo(8000);
        reader.close();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aLongRequestThatIsNoProduceIsRefusedEarly() throws Exception {
        FrameReader reader = reader();
        ByteBuf fetch = Unpooled.buffer().writeInt(50_000_000).writeShort(1).writeZero(10_000);
        reader.offer(fetch);
        assertThat(reader.next()).isNull();
        ByteBuf rest = Objects.requireNonNull(reader.receiveBuffer());
        rest.writeZero(rest.writableBytes());
        reader.offer(rest);
        assertThatThrownBy(reader::next).isInstanceOf(BadFrame.class).hasMessage("request too long for its kind");
        reader.close();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void whenTheBudgetIsUsedUpOneFrameMayFinishAndOthersWait() throws Exception {
        // Given
        MemoryBudget.Grant all = budget.newGrant();
        all.grow(1 << 20);
        FrameReader first = reader();
        FrameReader second = reader();
        first.offer(stream(10));
        second.offer(stream(10));
        // When
        Frame frame = Objects.requireNonNull(first.next());
        // Then
        assertThat(second.next()).isNull();
        assertThat(second.blocked()).isTrue();
        List<String> woken = new ArrayList<>();
        budget.await(() -> woken.add("second"));
        assertThat(woken).isEmpty();
        frame.release();
        assertThat(woken).containsExactly("second");
        check(Objects.requireNonNull(second.next()), 10);
        all.release();
    }
}
