package io.chronik.server.api;

import io.chronik.log.LogView;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionView;
import io.chronik.server.net.ClientRequest;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;

/// OffsetForLeaderEpoch: where an epoch ended, so that a client finds out whether what it read was cut off (KIP-320).
public final class OffsetForLeaderEpochHandler implements ApiHandler {
    private final PartitionLookup lookup;

    public OffsetForLeaderEpochHandler(PartitionLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public void handle(ClientRequest request) {
        OffsetsForLeaderEpochRequest body = (OffsetsForLeaderEpochRequest) request.body();
        OffsetForLeaderEpochResponseData data = new OffsetForLeaderEpochResponseData();
        for (OffsetForLeaderTopic topic : body.data().topics()) {
            OffsetForLeaderTopicResult result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            for (OffsetForLeaderPartition partition : topic.partitions()) {
                result.partitions().add(endOf(topic.topic(), partition));
            }
            data.topics().add(result);
        }
        request.reply(new OffsetsForLeaderEpochResponse(data));
    }

    private EpochEndOffset endOf(String topic, OffsetForLeaderPartition asked) {
        EpochEndOffset answer = new EpochEndOffset().setPartition(asked.partition());
        return switch (lookup.find(topic, Uuid.ZERO_UUID, asked.partition())) {
            case PartitionLookup.Found.Missing(Errors error) -> answer.setErrorCode(error.code());
            case PartitionLookup.Found.Local(Partition replica) -> {
                PartitionView view = replica.view();
                if (!view.leading()) yield answer.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
                Errors stale = PartitionLookup.checkEpoch(asked.currentLeaderEpoch(), view.leaderEpoch());
                if (stale != Errors.NONE) yield answer.setErrorCode(stale.code());
                LogView.EpochEnd end = view.log().endOf(asked.leaderEpoch());
                yield answer.setLeaderEpoch(end.epoch()).setEndOffset(end.endOffset());
            }
        };
    }
}
