package io.chronik.it.crash;

import io.chronik.it.cluster.ClusterProcess;
import io.chronik.it.crash.ClusterHistory.LeaderSample;
import io.chronik.it.wire.RawKafka;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/// Asks one node again and again who leads the partitions of a topic.
final class LeaderSampler extends Load {
    private static final int METADATA = 12;
    private static final long PAUSE_NS = 50_000_000;

    private final ClusterProcess cluster;
    private final int node;
    private final ClusterHistory history;
    private final String topic;

    LeaderSampler(ClusterProcess cluster, int node, ClusterHistory history, String topic) {
        super("leaders-as-node-" + node + "-says");
        this.cluster = cluster;
        this.node = node;
        this.history = history;
        this.topic = topic;
    }

    @Override
    void work() {
        MetadataRequestData request = new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestTopic().setName(topic)))
                .setAllowAutoTopicCreation(false);
        while (isRunning()) {
            try (RawKafka kafka = cluster.raw(node)) {
                while (isRunning()) {
                    sample(kafka.wire().call(ApiKeys.METADATA, METADATA, request, MetadataResponseData.class));
                    LockSupport.parkNanos(PAUSE_NS);
                }
            } catch (UncheckedIOException nodeIsAway) {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    private void sample(MetadataResponseData answer) {
        answer.topics()
                .forEach(described -> described
                        .partitions()
                        .forEach(partition -> history.add(new LeaderSample(
                                node, partition.partitionIndex(), partition.leaderId(), partition.leaderEpoch()))));
    }
}
