package io.chronik.coordinators;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// Puts [GroupStatus] together from what any client could ask: nothing is kept, so it costs nothing between
/// calls.
final class GroupStatuses {
    private static final String CONSUMER = "consumer";

    private final Groups groups;

    GroupStatuses(Groups groups) {
        this.groups = groups;
    }

    CompletableFuture<List<GroupStatus>> all() {
        return groups.listGroups(InternalContext.of(ApiKeys.LIST_GROUPS), new ListGroupsRequestData())
                .thenCompose(listed -> {
                    Errors error = Errors.forCode(listed.errorCode());
                    return error == Errors.NONE
                            ? statusesOf(listed.groups())
                            : CompletableFuture.failedFuture(error.exception());
                });
    }

    private CompletableFuture<List<GroupStatus>> statusesOf(List<ListedGroup> listed) {
        CompletableFuture<Map<String, Integer>> members = memberCounts(listed);
        List<CompletableFuture<GroupStatus>> statuses = new ArrayList<>(listed.size());
        for (ListedGroup group : listed) {
            statuses.add(
                    offsets(group.groupId()).thenCombine(members, (offsets, counts) -> status(group, counts, offsets)));
        }
        return CompletableFuture.allOf(statuses.toArray(CompletableFuture[]::new))
                .thenApply(_ -> statuses.stream().map(CompletableFuture::join).toList());
    }

    private static GroupStatus status(
            ListedGroup group, Map<String, Integer> memberCounts, List<GroupStatus.Offset> offsets) {
        return new GroupStatus(
                group.groupId(),
                typeOf(group),
                group.groupState(),
                memberCounts.getOrDefault(group.groupId(), 0),
                offsets);
    }

    private static String typeOf(ListedGroup group) {
        return group.groupType().toLowerCase(Locale.ROOT);
    }

    /// A group that went away meanwhile has none.
    private CompletableFuture<Map<String, Integer>> memberCounts(List<ListedGroup> listed) {
        List<String> consumers = new ArrayList<>();
        List<String> classics = new ArrayList<>();
        for (ListedGroup group : listed) (typeOf(group).equals(CONSUMER) ? consumers : classics).add(group.groupId());
        return groups.consumerGroupDescribe(InternalContext.of(ApiKeys.CONSUMER_GROUP_DESCRIBE), consumers)
                .thenCombine(
                        groups.describeGroups(InternalContext.of(ApiKeys.DESCRIBE_GROUPS), classics),
                        (describedConsumers, describedClassics) -> {
                            Map<String, Integer> counts = new HashMap<>();
                            describedConsumers.forEach(group ->
                                    counts.put(group.groupId(), group.members().size()));
                            describedClassics.forEach(group ->
                                    counts.put(group.groupId(), group.members().size()));
                            return counts;
                        });
    }

    private CompletableFuture<List<GroupStatus.Offset>> offsets(String groupId) {
        OffsetFetchRequestGroup everything =
                new OffsetFetchRequestGroup().setGroupId(groupId).setTopics(null);
        return groups.fetchOffsets(InternalContext.of(ApiKeys.OFFSET_FETCH), everything, false)
                .thenApply(GroupStatuses::offsetsOf);
    }

    private static List<GroupStatus.Offset> offsetsOf(OffsetFetchResponseGroup group) {
        List<GroupStatus.Offset> offsets = new ArrayList<>();
        group.topics()
                .forEach(topic -> topic.partitions().forEach(partition -> {
                    if (partition.errorCode() == Errors.NONE.code()) {
                        offsets.add(new GroupStatus.Offset(
                                new TopicPartition(topic.name(), partition.partitionIndex()),
                                partition.committedOffset()));
                    }
                }));
        return offsets;
    }
}
