package io.chronik.bench.load;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;

/// The bytes of one Produce request (acks=all, one batch for one partition), made once and sent many times: only the
/// correlation id changes. Reads its answers without building objects.
public final class ProduceFrame {
    private static final short VERSION = 11;
    private static final int CORRELATION_ID_AT = 4 + 2 + 2;

    private final ByteBuffer bytes;
    private final int errorAt;

    public ProduceFrame(String topic, int partition, int records, int recordBytes) {
        byte[] value = new byte[recordBytes];
        new Random(11).nextBytes(value);
        SimpleRecord[] batch = new SimpleRecord[records];
        for (int i = 0; i < records; i++) batch[i] = new SimpleRecord(System.currentTimeMillis(), null, value);
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData()
                .setName(topic)
                .setPartitionData(List.of(new PartitionProduceData()
                        .setIndex(partition)
                        .setRecords(MemoryRecords.withRecords(Compression.NONE, batch)))));
        ProduceRequestData data = new ProduceRequestData()
                .setAcks((short) -1)
                .setTimeoutMs(30_000)
                .setTopicData(topics);
        RequestHeader header = new RequestHeader(ApiKeys.PRODUCE, VERSION, "bench", 0);
        ByteBuffer body = new ProduceRequest(data, VERSION).serializeWithHeader(header);
        this.bytes = ByteBuffer.allocateDirect(4 + body.remaining())
                .putInt(body.remaining())
                .put(body)
                .flip();
        // correlation id, tags, topics, name, partitions, index
        this.errorAt = 4 + 1 + 1 + (1 + topic.length()) + 1 + 4;
    }

    /// For sending; the position is the caller's.
    ByteBuffer copyInto(ByteBuffer target, int correlationId) {
        int at = target.position();
        target.put(bytes.duplicate());
        target.putInt(at + CORRELATION_ID_AT, correlationId);
        return target;
    }

    int sizeBytes() {
        return bytes.remaining();
    }

    /// Checks one answer, whose bytes without the length begin at `at`. Throws when it is not the expected one or an
    /// error.
    void check(ByteBuffer answer, int at, int correlationId) {
        if (answer.getInt(at) != correlationId) throw new IllegalStateException("answer out of order");
        short code = answer.getShort(at + errorAt);
        if (code != 0) throw new IllegalStateException("produce failed: " + Errors.forCode(code));
    }
}
