package io.chronik.simulator;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.PartitionImage;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/// What the metadata says of a partition, for who checks.
record PartitionState(PartitionImage image, int minInSync) {
    static PartitionState of(ClusterImage cluster, String topic) {
        String minInSync = cluster.configOf(new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .getOrDefault(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "1");
        return new PartitionState(
                cluster.topic(topic).orElseThrow().partitions().getFirst(), Integer.parseInt(minInSync));
    }

    List<Integer> replicas() {
        return image.replicas();
    }

    List<Integer> isr() {
        return image.isr();
    }

    int leader() {
        return image.leader();
    }

    int leaderEpoch() {
        return image.leaderEpoch();
    }

    int partitionEpoch() {
        return image.partitionEpoch();
    }
}
