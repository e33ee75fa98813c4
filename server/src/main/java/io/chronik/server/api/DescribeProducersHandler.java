package io.chronik.server.api;

import io.chronik.log.LogView;
import io.chronik.replication.Partition;
import io.chronik.server.net.ClientRequest;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeProducersResponse;

/// DescribeProducers: the idempotent producers that a partition remembers (KIP-664). Without transactions none has an
/// open one.
public final class DescribeProducersHandler implements ApiHandler {
    private static final int NO_COORDINATOR_EPOCH = -1;
    private static final long NO_OPEN_TRANSACTION = -1;

    private final PartitionLookup lookup;

    public DescribeProducersHandler(PartitionLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public void handle(ClientRequest request) {
        DescribeProducersResponseData data = new DescribeProducersResponseData();
        for (TopicRequest topic :
                ((DescribeProducersRequest) request.body()).data().topics()) {
            TopicResponse answer = new TopicResponse().setName(topic.name());
            for (int partition : topic.partitionIndexes()) answer.partitions().add(describe(topic.name(), partition));
            data.topics().add(answer);
        }
        request.reply(new DescribeProducersResponse(data));
    }

    private PartitionResponse describe(String topic, int partition) {
        PartitionResponse answer = new PartitionResponse().setPartitionIndex(partition);
        if (!Topic.isValid(topic)) return answer.setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code());
        return switch (lookup.find(topic, Uuid.ZERO_UUID, partition)) {
            case PartitionLookup.Found.Missing(Errors error) -> answer.setErrorCode(error.code());
            case PartitionLookup.Found.Local(Partition replica) -> {
                if (!replica.view().leading()) yield answer.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
                for (LogView.ActiveProducer producer : replica.view().log().producers()) {
                    answer.activeProducers()
                            .add(new ProducerState()
                                    .setProducerId(producer.producerId())
                                    .setProducerEpoch(producer.producerEpoch())
                                    .setLastSequence(producer.lastSequence())
                                    .setLastTimestamp(producer.lastTimestampMs())
                                    .setCoordinatorEpoch(NO_COORDINATOR_EPOCH)
                                    .setCurrentTxnStartOffset(NO_OPEN_TRANSACTION));
                }
                yield answer;
            }
        };
    }
}
