package io.chronik.server.api;

import io.chronik.log.LogStore;
import io.chronik.replication.Partition;
import io.chronik.server.net.ClientRequest;
import io.chronik.server.partitions.PartitionRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsResponse;

/// DescribeLogDirs: how much of the disk each partition takes. A node has one log directory.
public final class DescribeLogDirsHandler implements ApiHandler {
    private final PartitionRegistry registry;
    private final LogStore store;
    private final Path directory;
    private final Executor workers;

    public DescribeLogDirsHandler(PartitionRegistry registry, LogStore store, Path directory, Executor workers) {
        this.registry = registry;
        this.store = store;
        this.directory = directory.toAbsolutePath();
        this.workers = workers;
    }

    @Override
    public void handle(ClientRequest request) {
        workers.execute(() -> answer(request)); // Asks the file system for its free space.
    }

    private void answer(ClientRequest request) {
        DescribeLogDirsRequestData asked = ((DescribeLogDirsRequest) request.body()).data();
        LogStore.Usage usage = store.usage();
        DescribeLogDirsResult result = new DescribeLogDirsResult()
                .setLogDir(directory.toString())
                .setTotalBytes(usage.totalBytes())
                .setUsableBytes(usage.usableBytes())
                .setTopics(new ArrayList<>(topics(asked).values()));
        DescribeLogDirsResponseData data = new DescribeLogDirsResponseData();
        data.results().add(result);
        request.reply(new DescribeLogDirsResponse(data));
    }

    private Map<String, DescribeLogDirsTopic> topics(DescribeLogDirsRequestData asked) {
        Set<TopicPartition> wanted = wanted(asked);
        boolean all = asked.topics() == null;
        Map<String, DescribeLogDirsTopic> topics = new TreeMap<>();
        for (Partition partition : registry.all()) {
            TopicPartition id = partition.id().topicPartition();
            if (!all && !wanted.contains(id)) continue;
            topics.computeIfAbsent(id.topic(), name -> new DescribeLogDirsTopic().setName(name))
                    .partitions()
                    .add(new DescribeLogDirsPartition()
                            .setPartitionIndex(id.partition())
                            .setPartitionSize(partition.view().log().sizeBytes())
                            .setOffsetLag(0)
                            .setIsFutureKey(false));
        }
        return topics;
    }

    private static Set<TopicPartition> wanted(DescribeLogDirsRequestData asked) {
        Set<TopicPartition> wanted = new HashSet<>();
        if (asked.topics() == null) return wanted;
        for (DescribableLogDirTopic topic : asked.topics()) {
            for (int partition : topic.partitions()) wanted.add(new TopicPartition(topic.topic(), partition));
        }
        return wanted;
    }
}
