package io.chronik.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;

/// Produce v0-v2: advertised, because old librdkafka reads the codecs of a broker from it, and refused, because these
/// message formats are gone (KIP-896, KAFKA-18659). The classes of kafka-clients begin at v3, so this is the one
/// response laid out by hand.
///
///     v0-v2 request:  acks int16 | timeoutMs int32 | [topic string | [partition int32 | records bytes]]
///     v3 request:     transactionalId string(-1 = null), then as above
///     response:       [topic string | [partition int32 | error int16 | baseOffset int64 | logAppendTime int64 (v2)]]
///                     | throttleMs int32 (v1, v2)
final class OldProduce {
    private OldProduce() {}

    static boolean is(RequestHeader header) {
        return header.apiKey() == ApiKeys.PRODUCE && header.apiVersion() >= 0 && header.apiVersion() < 3;
    }

    /// `body` stands behind the header. The two bytes before it are overwritten, which makes the body one of v3.
    static ProduceRequest parse(ByteBuffer body) throws RequestParser.BadRequest {
        int asV3 = body.position() - 2;
        body.putShort(asV3, (short) -1).position(asV3);
        try {
            return ProduceRequest.parse(new ByteBufferAccessor(body), (short) 3);
        } catch (RuntimeException e) {
            throw new RequestParser.BadRequest("malformed request body");
        }
    }

    static Reply refusal(RequestHeader header, ProduceRequest request, ByteBufAllocator allocator) {
        if (request.acks() == 0) return new Reply.HangUp("Produce of an unsupported version with acks=0");
        ByteBuf frame = allocator.buffer();
        frame.writeInt(0)
                .writeInt(header.correlationId())
                .writeInt(request.data().topicData().size());
        for (ProduceRequestData.TopicProduceData topic : request.data().topicData()) {
            byte[] name = topic.name().getBytes(StandardCharsets.UTF_8);
            frame.writeShort(name.length).writeBytes(name);
            frame.writeInt(topic.partitionData().size());
            for (ProduceRequestData.PartitionProduceData partition : topic.partitionData()) {
                frame.writeInt(partition.index())
                        .writeShort(Errors.UNSUPPORTED_VERSION.code())
                        .writeLong(-1);
                if (header.apiVersion() == 2) frame.writeLong(-1);
            }
        }
        if (header.apiVersion() > 0) frame.writeInt(0);
        frame.setInt(0, frame.readableBytes() - 4);
        return new Reply.Encoded(frame);
    }
}
