package io.chronik.cli.group;

import io.chronik.cli.client.Answers;
import io.chronik.cli.client.Offsets;
import io.chronik.cli.output.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Everything that `chronik group describe` says about one group.
record GroupDetails(
        String group,
        @Nullable String coordinator,
        @Nullable Integer coordinatorId,
        String type,
        String state,
        String balancer,
        int members,
        long totalLag,
        List<Row> partitions) {
    /// One partition with a committed offset or a member. `currentOffset` is the committed one, null without one; then
    /// there is no lag either.
    record Row(
            String topic,
            int partition,
            @Nullable Long currentOffset,
            @Nullable Long logStartOffset,
            @Nullable Long logEndOffset,
            @Nullable Long lag,
            @Nullable String memberId,
            @Nullable String instanceId,
            @Nullable String clientId,
            @Nullable String host) {}

    private static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    static GroupDetails of(Admin admin, ConsumerGroupDescription group) {
        Map<TopicPartition, MemberDescription> owners = new HashMap<>();
        group.members().forEach(member -> member.assignment().topicPartitions().forEach(p -> owners.put(p, member)));
        Map<TopicPartition, @Nullable OffsetAndMetadata> committed = new HashMap<>(Answers.await(
                admin.listConsumerGroupOffsets(group.groupId()).partitionsToOffsetAndMetadata(group.groupId())));
        List<Row> rows = rows(admin, owners, committed);
        long totalLag =
                rows.stream().mapToLong(row -> row.lag == null ? 0 : row.lag).sum();
        Node coordinator = group.coordinator();
        return new GroupDetails(
                group.groupId(),
                coordinator == null ? null : coordinator.host() + ":" + coordinator.port(),
                coordinator == null ? null : coordinator.id(),
                group.type().toString(),
                group.groupState().toString(),
                group.partitionAssignor(),
                group.members().size(),
                totalLag,
                rows);
    }

    private static List<Row> rows(
            Admin admin,
            Map<TopicPartition, MemberDescription> owners,
            Map<TopicPartition, @Nullable OffsetAndMetadata> committed) {
        TreeSet<TopicPartition> partitions = new TreeSet<>(BY_NAME);
        partitions.addAll(owners.keySet());
        partitions.addAll(committed.keySet());
        Offsets offsets = new Offsets(admin, IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, Long> starts = offsets.startsOfExisting(partitions);
        Map<TopicPartition, Long> ends = offsets.endsOfExisting(partitions);
        List<Row> rows = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata at = committed.get(partition);
            rows.add(row(
                    partition,
                    at == null ? null : at.offset(),
                    starts.get(partition),
                    ends.get(partition),
                    owners.get(partition)));
        }
        return rows;
    }

    private static Row row(
            TopicPartition partition,
            @Nullable Long committed,
            @Nullable Long start,
            @Nullable Long end,
            @Nullable MemberDescription owner) {
        Long lag = committed == null || end == null ? null : Long.valueOf(Math.max(0, end - committed));
        return new Row(
                partition.topic(),
                partition.partition(),
                committed,
                start,
                end,
                lag,
                owner == null ? null : owner.consumerId(),
                owner == null ? null : owner.groupInstanceId().orElse(null),
                owner == null ? null : owner.clientId(),
                owner == null ? null : owner.host());
    }

    void print(PrintWriter out) {
        field(out, "GROUP", group);
        field(out, "COORDINATOR", coordinator == null ? "none" : coordinatorId + " (" + coordinator + ")");
        field(out, "TYPE", type);
        field(out, "STATE", state);
        field(out, "BALANCER", balancer);
        field(out, "MEMBERS", members);
        field(out, "TOTAL-LAG", totalLag);
        if (!partitions.isEmpty()) {
            out.println();
            table().print(out);
        }
        out.println();
    }

    private Table table() {
        Table table = new Table(
                "TOPIC",
                "PARTITION",
                "CURRENT-OFFSET",
                "LOG-START-OFFSET",
                "LOG-END-OFFSET",
                "LAG",
                "MEMBER-ID",
                "CLIENT-ID",
                "HOST");
        partitions.forEach(row -> table.row(
                row.topic,
                row.partition,
                row.currentOffset,
                row.logStartOffset,
                row.logEndOffset,
                row.lag,
                row.memberId,
                row.clientId,
                row.host));
        return table;
    }

    private static void field(PrintWriter out, String name, Object value) {
        out.println(name + " ".repeat(13 - name.length()) + (value.toString().isEmpty() ? "-" : value));
    }
}
