package io.chronik.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.junit.jupiter.api.Test;

class ProduceFrameTest {
    private final ProduceFrame frame = new ProduceFrame("orders", 3, 2, 100);

    @Test
    void isARequestWithItsCorrelationId() {
        // When
        ByteBuffer bytes = frame.copyInto(ByteBuffer.allocate(1000), 77).flip();

        // Then
        assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
        RequestHeader header = RequestHeader.parse(bytes);
        assertThat(header.correlationId()).isEqualTo(77);
        ProduceRequest request = (ProduceRequest)
                AbstractRequest.parseRequest(header.apiKey(), header.apiVersion(), new ByteBufferAccessor(bytes))
                        .request;
        assertThat(request.acks()).isEqualTo((short) -1);
        var topic = request.data().topicData().iterator().next();
        assertThat(topic.name()).isEqualTo("orders");
        assertThat(topic.partitionData().getFirst().index()).isEqualTo(3);
    }

    @Test
    void takesAGoodAnswer() {
        frame.check(answer(Errors.NONE), 0, 77);
    }

    @Test
    void seesAnError() {
        assertThatThrownBy(() -> frame.check(answer(Errors.NOT_ENOUGH_REPLICAS), 0, 77))
                .hasMessageContaining("NOT_ENOUGH_REPLICAS");
    }

    @Test
    void seesAnAnswerToAnotherRequest() {
        assertThatThrownBy(() -> frame.check(answer(Errors.NONE), 0, 78)).hasMessageContaining("out of order");
    }

    private static ByteBuffer answer(Errors error) {
        ProduceResponseData.TopicProduceResponseCollection topics =
                new ProduceResponseData.TopicProduceResponseCollection();
        topics.add(new ProduceResponseData.TopicProduceResponse()
                .setName("orders")
                .setPartitionResponses(List.of(new ProduceResponseData.PartitionProduceResponse()
                        .setIndex(3)
                        .setErrorCode(error.code())
                        .setBaseOffset(5))));
        RequestHeader header = new RequestHeader(ApiKeys.PRODUCE, (short) 11, "bench", 77);
        return RequestUtils.serialize(
                header.toResponseHeader().data(),
                header.toResponseHeader().headerVersion(),
                new ProduceResponseData().setResponses(topics),
                (short) 11);
    }
}
