package io.chronik.server.groups;

import io.chronik.coordinators.Groups;
import io.chronik.server.net.ClientRequest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeResponse;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;

/// What administrators and UIs ask about groups: ListGroups, DescribeGroups, ConsumerGroupDescribe, DeleteGroups.
/// Results come in the order in which the groups were asked for.
final class GroupAdminHandlers {
    /// Without an authorizer everyone may do everything that exists for a group (KIP-430).
    private static final int ALL_OPERATIONS = 1 << AclOperation.READ.code()
            | 1 << AclOperation.DESCRIBE.code()
            | 1 << AclOperation.DELETE.code()
            | 1 << AclOperation.DESCRIBE_CONFIGS.code()
            | 1 << AclOperation.ALTER_CONFIGS.code();

    private final OffsetsTopic offsetsTopic;
    private final Groups groups;

    GroupAdminHandlers(OffsetsTopic offsetsTopic, Groups groups) {
        this.offsetsTopic = offsetsTopic;
        this.groups = groups;
    }

    /// Looking for groups in a cluster that never had one creates nothing.
    void list(ClientRequest request) {
        GroupRequest call = new GroupRequest(request);
        ListGroupsRequest body = (ListGroupsRequest) request.body();
        call.replyWith(() -> offsetsTopic.image().isEmpty()
                ? CompletableFuture.completedFuture(new ListGroupsResponse(new ListGroupsResponseData()))
                : offsetsTopic
                        .ready()
                        .thenCompose(_ -> groups.listGroups(call.context(), body.data()))
                        .thenApply(ListGroupsResponse::new));
    }

    void describe(ClientRequest request) {
        GroupRequest call = new GroupRequest(request);
        DescribeGroupsRequest body = (DescribeGroupsRequest) request.body();
        List<String> groupIds = body.data().groups();
        call.replyWith(() -> offsetsTopic
                .ready()
                .thenCompose(_ -> groups.describeGroups(call.context(), groupIds))
                .thenApply(described -> {
                    for (DescribeGroupsResponseData.DescribedGroup group : described) {
                        if (body.data().includeAuthorizedOperations() && isFine(group.errorCode())) {
                            group.setAuthorizedOperations(ALL_OPERATIONS);
                        }
                    }
                    return new DescribeGroupsResponse(new DescribeGroupsResponseData()
                            .setGroups(inOrder(groupIds, described, group -> group.groupId())));
                }));
    }

    void consumerGroupDescribe(ClientRequest request) {
        GroupRequest call = new GroupRequest(request);
        ConsumerGroupDescribeRequest body = (ConsumerGroupDescribeRequest) request.body();
        List<String> groupIds = body.data().groupIds();
        call.replyWith(() -> offsetsTopic
                .ready()
                .thenCompose(_ -> groups.consumerGroupDescribe(call.context(), groupIds))
                .thenApply(described -> {
                    for (ConsumerGroupDescribeResponseData.DescribedGroup group : described) {
                        if (body.data().includeAuthorizedOperations() && isFine(group.errorCode())) {
                            group.setAuthorizedOperations(ALL_OPERATIONS);
                        }
                    }
                    return new ConsumerGroupDescribeResponse(new ConsumerGroupDescribeResponseData()
                            .setGroups(inOrder(groupIds, described, group -> group.groupId())));
                }));
    }

    void delete(ClientRequest request) {
        GroupRequest call = new GroupRequest(request);
        DeleteGroupsRequest body = (DeleteGroupsRequest) request.body();
        List<String> groupIds = List.copyOf(new LinkedHashSet<>(body.data().groupsNames()));
        call.replyWith(() -> offsetsTopic
                .ready()
                .thenCompose(_ -> groups.deleteGroups(call.context(), groupIds))
                .thenApply(results -> new DeleteGroupsResponse(new DeleteGroupsResponseData().setResults(results))));
    }

    private static boolean isFine(short errorCode) {
        return errorCode == Errors.NONE.code();
    }

    private static <T> List<T> inOrder(List<String> groupIds, List<T> groups, Function<T, String> groupIdOf) {
        Map<String, Integer> positions = new HashMap<>();
        for (String groupId : groupIds) positions.putIfAbsent(groupId, positions.size());
        return groups.stream()
                .sorted(Comparator.comparingInt(group -> positions.getOrDefault(groupIdOf.apply(group), 0)))
                .toList();
    }
}
