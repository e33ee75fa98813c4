package io.chronik.server.replica;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.FetchRequest;

/// A follower's Fetch. kafka-clients' own builder does not know the follower's high watermark (KIP-1166).
final class ReplicaFetchRequest extends AbstractRequest.Builder<FetchRequest> {
    /// The first that says which process of the follower asks (KIP-903).
    private static final short FIRST_VERSION = 15;

    private final FetchRequestData data;

    ReplicaFetchRequest(FetchRequestData data) {
        super(ApiKeys.FETCH, FIRST_VERSION, ApiKeys.FETCH.latestVersion(false));
        this.data = data;
    }

    static ReplicaFetchRequest of(
            OpenQuestions.Sent sent,
            ReplicaState follower,
            int sessionId,
            int sessionEpoch,
            ReplicaFetchSettings settings) {
        return new ReplicaFetchRequest(new FetchRequestData()
                .setReplicaState(follower)
                .setMaxWaitMs(settings.maxWaitMs())
                .setMinBytes(1)
                .setMaxBytes(settings.answerBytes())
                .setSessionId(sessionId)
                .setSessionEpoch(sessionEpoch)
                .setTopics(topics(sent.asked(), settings.partitionBytes()))
                .setForgottenTopicsData(forgotten(sent.forgotten())));
    }

    private static List<FetchTopic> topics(List<OpenQuestions.Question> asked, int partitionBytes) {
        Map<Uuid, FetchTopic> topics = new LinkedHashMap<>();
        for (OpenQuestions.Question question : asked) {
            ReplicaKey key = question.key();
            var point = question.point();
            topics.computeIfAbsent(key.topicId(), id -> new FetchTopic().setTopicId(id))
                    .partitions()
                    .add(new FetchPartition()
                            .setPartition(key.partition())
                            .setCurrentLeaderEpoch(point.leaderEpoch())
                            .setFetchOffset(point.fetchOffset())
                            .setLastFetchedEpoch(point.lastFetchedEpoch())
                            .setLogStartOffset(point.logStartOffset())
                            .setHighWatermark(point.highWatermark())
                            .setPartitionMaxBytes(partitionBytes));
        }
        return new ArrayList<>(topics.values());
    }

    private static List<ForgottenTopic> forgotten(List<ReplicaKey> keys) {
        Map<Uuid, ForgottenTopic> topics = new LinkedHashMap<>();
        for (ReplicaKey key : keys) {
            topics.computeIfAbsent(key.topicId(), id -> new ForgottenTopic().setTopicId(id))
                    .partitions()
                    .add(key.partition());
        }
        return new ArrayList<>(topics.values());
    }

    @Override
    public FetchRequest build(short version) {
        return new FetchRequest(data, version);
    }
}
