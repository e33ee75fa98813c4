package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData.DirectoryData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData.PartitionData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData.TopicData;
import org.apache.kafka.common.protocol.Errors;

/// AssignReplicasToDirs, of which only one thing is known here: replicas of a node are lost ([#LOST]). They leave the
/// ISRs, also where nobody else is: then there is no leader, rather than one that has nothing.
public final class LostReplicas {
    /// What Kafka calls DirectoryId.LOST.
    public static final Uuid LOST = new Uuid(0L, 2L);

    private final int node;
    private final ClusterImage image;
    private final PartitionElections elections;
    private final ElectionBatches batches = new ElectionBatches();

    LostReplicas(int node, ClusterImage image, PartitionElections elections) {
        this.node = node;
        this.image = image;
        this.elections = elections;
    }

    Decision<AssignReplicasToDirsResponseData> decide(AssignReplicasToDirsRequestData request) {
        AssignReplicasToDirsResponseData response = new AssignReplicasToDirsResponseData();
        for (var directory : request.directories()) {
            DirectoryData answer = new DirectoryData().setId(directory.id());
            for (var topic : directory.topics()) {
                TopicData ofTopic = new TopicData().setTopicId(topic.topicId());
                for (var partition : topic.partitions()) {
                    Errors error = directory.id().equals(LOST)
                            ? lose(topic.topicId(), partition.partitionIndex())
                            : Errors.INVALID_REQUEST;
                    ofTopic.partitions()
                            .add(new PartitionData()
                                    .setPartitionIndex(partition.partitionIndex())
                                    .setErrorCode(error.code()));
                }
                answer.topics().add(ofTopic);
            }
            response.directories().add(answer);
        }
        return new Decision<>(batches.commands(), response);
    }

    private Errors lose(Uuid topicId, int index) {
        Optional<TopicImage> topic = image.topic(topicId);
        if (topic.isEmpty()) return Errors.UNKNOWN_TOPIC_ID;
        if (index < 0 || index >= topic.get().partitions().size()) return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        PartitionImage before = topic.get().partitions().get(index);
        if (!before.replicas().contains(node)) return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        elections.onLostReplica(node, topic.get(), index, before).ifPresent(election -> batches.add(topicId, election));
        return Errors.NONE;
    }
}
