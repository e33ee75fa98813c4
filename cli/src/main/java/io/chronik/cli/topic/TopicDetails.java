package io.chronik.cli.topic;

import io.chronik.cli.client.Answers;
import io.chronik.cli.output.Table;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/// Everything that `chronik topic describe` says about one topic.
record TopicDetails(Summary summary, List<Setting> configs, List<Partition> partitions) {
    /// `replicas` is the replication factor of partition 0.
    record Summary(String name, String id, boolean internal, int partitions, int replicas) {}

    /// One topic setting with where its value comes from, e.g. `DEFAULT_CONFIG`.
    record Setting(String key, @Nullable String value, String source) {}

    /// One partition. The leader is null when there is none; the offsets are null when no leader tells them.
    /// `highWatermark` is the end of what consumers see, exclusive.
    record Partition(
            int partition,
            @Nullable Integer leader,
            List<Integer> replicas,
            List<Integer> isr,
            @Nullable Long logStartOffset,
            @Nullable Long highWatermark) {}

    static TopicDetails of(Admin admin, TopicDescription topic) {
        return new TopicDetails(summary(topic), settings(admin, topic.name()), partitions(admin, topic));
    }

    private static Summary summary(TopicDescription topic) {
        int replicas = topic.partitions().isEmpty()
                ? 0
                : topic.partitions().getFirst().replicas().size();
        return new Summary(
                topic.name(),
                topic.topicId().toString(),
                topic.isInternal(),
                topic.partitions().size(),
                replicas);
    }

    private static List<Setting> settings(Admin admin, String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Answers.await(Answers.about(
                        resource, admin.describeConfigs(List.of(resource)).values()))
                .entries()
                .stream()
                .sorted(Comparator.comparing(ConfigEntry::name))
                .map(entry ->
                        new Setting(entry.name(), entry.value(), entry.source().name()))
                .toList();
    }

    private static List<Partition> partitions(Admin admin, TopicDescription topic) {
        Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (TopicPartitionInfo info : topic.partitions()) {
            if (hasLeader(info)) {
                earliest.put(new TopicPartition(topic.name(), info.partition()), OffsetSpec.earliest());
                latest.put(new TopicPartition(topic.name(), info.partition()), OffsetSpec.latest());
            }
        }
        ListOffsetsResult starts = admin.listOffsets(earliest);
        ListOffsetsResult ends = admin.listOffsets(latest);
        return topic.partitions().stream()
                .sorted(Comparator.comparingInt(TopicPartitionInfo::partition))
                .map(info -> partition(topic.name(), info, starts, ends))
                .toList();
    }

    private static Partition partition(
            String topic, TopicPartitionInfo info, ListOffsetsResult starts, ListOffsetsResult ends) {
        TopicPartition id = new TopicPartition(topic, info.partition());
        return new Partition(
                info.partition(),
                hasLeader(info) ? info.leader().id() : null,
                ids(info.replicas()),
                ids(info.isr()),
                hasLeader(info) ? offset(starts.partitionResult(id)) : null,
                hasLeader(info) ? offset(ends.partitionResult(id)) : null);
    }

    private static boolean hasLeader(TopicPartitionInfo info) {
        return info.leader() != null && !info.leader().isEmpty();
    }

    /// In the order that the cluster gives: of the replicas, the preferred leader is the first.
    private static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    /// Null when the leader does not tell: describing must not fail because one partition moves.
    private static @Nullable Long offset(KafkaFuture<ListOffsetsResult.ListOffsetsResultInfo> answer) {
        try {
            return answer.get().offset();
        } catch (ExecutionException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    void print(PrintWriter out, TopicDescribe.Sections sections) {
        if (sections.summary()) {
            heading(out, "SUMMARY");
            new Table("NAME", "ID", "INTERNAL", "PARTITIONS", "REPLICAS")
                    .row(summary.name, summary.id, summary.internal, summary.partitions, summary.replicas)
                    .print(out);
            out.println();
        }
        if (sections.configs()) {
            heading(out, "CONFIGS");
            Table table = new Table("KEY", "VALUE", "SOURCE");
            configs.forEach(config -> table.row(config.key, config.value, config.source));
            table.print(out);
            out.println();
        }
        if (sections.partitions()) {
            heading(out, "PARTITIONS");
            Table table = new Table("PARTITION", "LEADER", "REPLICAS", "ISR", "LOG-START-OFFSET", "HIGH-WATERMARK");
            partitions.forEach(p -> table.row(
                    p.partition,
                    p.leader == null ? "none" : p.leader,
                    p.replicas,
                    p.isr,
                    p.logStartOffset,
                    p.highWatermark));
            table.print(out);
            out.println();
        }
    }

    private static void heading(PrintWriter out, String name) {
        out.println(name);
        out.println("=".repeat(name.length()));
    }
}
