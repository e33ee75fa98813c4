package io.chronik.server.net;

import io.chronik.server.net.FrameReader.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// A Produce request from the bytes of a read to its object.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameBenchmark {
    private static final short VERSION = 11;

    @Param({"100", "65536"})
    public int recordBytes;

    private ByteBuf arrived = PooledByteBufAllocator.DEFAULT.directBuffer();
    private final FrameReader frames = new FrameReader(
            NetSettings.defaults(),
            new MemoryBudget(NetSettings.defaults().requestMemoryBytes()),
            PooledByteBufAllocator.DEFAULT);

    @Setup
    public void setUp() {
        ProduceRequestData.TopicProduceDataCollection topics = new ProduceRequestData.TopicProduceDataCollection();
        topics.add(new ProduceRequestData.TopicProduceData()
                .setName("orders")
                .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                        .setIndex(0)
                        .setRecords(MemoryRecords.withRecords(
                                Compression.NONE, new SimpleRecord(1000, null, new byte[recordBytes]))))));
        ByteBuffer body = new ProduceRequest(
                        new ProduceRequestData()
                                .setAcks((short) -1)
                                .setTimeoutMs(1000)
                                .setTopicData(topics),
                        VERSION)
                .serializeWithHeader(new RequestHeader(ApiKeys.PRODUCE, VERSION, "bench", 1));
        arrived = PooledByteBufAllocator.DEFAULT
                .directBuffer()
                .writeInt(body.remaining())
                .writeBytes(body);
    }

    @Benchmark
    public AbstractRequest parse() throws Exception {
        frames.offer(arrived.retainedDuplicate());
        Frame frame = frames.next();
        if (frame == null) throw new IllegalStateException("no whole frame");
        ByteBuffer bytes = frame.bytes().nioBuffer();
        RequestHeader header = RequestParser.header(bytes);
        AbstractRequest request = AbstractRequest.parseRequest(
                        header.apiKey(),
                        header.apiVersion(),
                        new org.apache.kafka.common.protocol.ByteBufferAccessor(bytes))
                .request;
        frame.release();
        return request;
    }
}
