package io.chronik.server.api;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientRequest;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;
import org.apache.kafka.common.requests.DescribeTopicPartitionsResponse;

/// DescribeTopicPartitions: topics in order of their names, page by page (KIP-966).
public final class DescribeTopicPartitionsHandler implements ApiHandler {
    private final MetadataService metadata;
    private final int maxPartitions;

    /// `maxPartitions`: the node's bound on a page (max.request.partition.size.limit).
    public DescribeTopicPartitionsHandler(MetadataService metadata, int maxPartitions) {
        this.metadata = metadata;
        this.maxPartitions = maxPartitions;
    }

    @Override
    public void handle(ClientRequest request) {
        DescribeTopicPartitionsRequestData asked = ((DescribeTopicPartitionsRequest) request.body()).data();
        var cursor = asked.cursor();
        if (cursor != null && cursor.partitionIndex() < 0) {
            request.reply(request.body()
                    .getErrorResponse(0, new InvalidRequestException("The cursor's partition index is negative.")));
            return;
        }
        int limit = Math.max(1, Math.min(asked.responsePartitionLimit(), maxPartitions));
        Page page = new Page(metadata.image(), limit);
        for (String name : names(asked)) {
            int first = cursor != null && cursor.topicName().equals(name) ? cursor.partitionIndex() : 0;
            if (!page.add(name, first, !asked.topics().isEmpty())) break;
        }
        request.reply(new DescribeTopicPartitionsResponse(page.data));
    }

    private SortedSet<String> names(DescribeTopicPartitionsRequestData asked) {
        TreeSet<String> names = new TreeSet<>();
        if (asked.topics().isEmpty())
            names.addAll(metadata.image().topicsByName().keySet());
        else for (TopicRequest topic : asked.topics()) names.add(topic.name());
        var cursor = asked.cursor();
        return cursor == null ? names : names.tailSet(cursor.topicName(), true);
    }

    /// The page that is being filled.
    private static final class Page {
        private final ClusterImage image;
        private final DescribeTopicPartitionsResponseData data = new DescribeTopicPartitionsResponseData();
        private int left;

        Page(ClusterImage image, int limit) {
            this.image = image;
            this.left = limit;
        }

        /// False when the page is full; then the cursor says where the next one begins.
        boolean add(String name, int firstPartition, boolean askedByName) {
            if (left == 0) return stopAt(name, firstPartition);
            TopicImage topic = image.topicsByName().get(name);
            if (topic == null) {
                if (askedByName) data.topics().add(unknown(name));
                return true;
            }
            DescribeTopicPartitionsResponseTopic answer = new DescribeTopicPartitionsResponseTopic()
                    .setName(name)
                    .setTopicId(topic.id())
                    .setIsInternal(Topic.isInternal(name))
                    .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
            data.topics().add(answer);
            int count = topic.partitions().size();
            int end = (int) Math.min(count, (long) firstPartition + left);
            for (int index = firstPartition; index < end; index++) {
                answer.partitions().add(describe(index, topic.partitions().get(index)));
            }
            left -= Math.max(0, end - firstPartition);
            return end >= count || stopAt(name, end);
        }

        private boolean stopAt(String name, int partition) {
            data.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(partition));
            return false;
        }

        private static DescribeTopicPartitionsResponseTopic unknown(String name) {
            Errors error = Topic.isValid(name) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.INVALID_TOPIC_EXCEPTION;
            return new DescribeTopicPartitionsResponseTopic()
                    .setErrorCode(error.code())
                    .setName(name)
                    .setIsInternal(Topic.isInternal(name));
        }

        private DescribeTopicPartitionsResponsePartition describe(int index, PartitionImage partition) {
            boolean led = partition.leader() != PartitionImage.NO_LEADER;
            return new DescribeTopicPartitionsResponsePartition()
                    .setErrorCode((led ? Errors.NONE : Errors.LEADER_NOT_AVAILABLE).code())
                    .setPartitionIndex(index)
                    .setLeaderId(partition.leader())
                    .setLeaderEpoch(partition.leaderEpoch())
                    .setReplicaNodes(partition.replicas())
                    .setIsrNodes(partition.isr())
                    .setEligibleLeaderReplicas(List.of())
                    .setLastKnownElr(List.of())
                    .setOfflineReplicas(partition.replicas().stream()
                            .filter(replica ->
                                    image.node(replica).map(NodeImage::fenced).orElse(true))
                            .toList());
        }
    }
}
