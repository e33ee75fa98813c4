package io.chronik.server.groups;

import io.chronik.base.Lane;
import io.chronik.coordinators.Groups;
import io.chronik.server.api.AdvertisedAddress;
import io.chronik.server.api.ApiHandler;
import io.chronik.server.metadata.MetadataService;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.common.protocol.ApiKeys;

/// Everything about consumer groups on a node. The node constructs it, tells it of elections on
/// `__consumer_offsets`, registers its [#handlers()], and closes it before the logs; images it gets by itself.
/// Construction is cheap: the coordinator is built, on a thread of its own, when `__consumer_offsets` exists.
public final class GroupApis implements CoordinatorElections.Coordinator, AutoCloseable {
    private final Groups groups;
    private final Map<ApiKeys, ApiHandler> handlers;

    /// `groups` are those of node `nodeId`, and closed with this. `lane` is for timers alone.
    public GroupApis(int nodeId, Groups groups, MetadataService metadata, AdvertisedAddress addresses, Lane lane) {
        this.groups = groups;
        metadata.addListener(groups::onImage);
        handlers = Map.copyOf(handlers(new OffsetsTopic(metadata, groups, nodeId, lane), metadata, addresses));
    }

    private Map<ApiKeys, ApiHandler> handlers(
            OffsetsTopic topic, MetadataService metadata, AdvertisedAddress addresses) {
        MembershipHandlers members = new MembershipHandlers(topic, groups);
        GroupAdminHandlers admin = new GroupAdminHandlers(topic, groups);
        Map<ApiKeys, ApiHandler> all = new EnumMap<>(ApiKeys.class);
        all.put(ApiKeys.FIND_COORDINATOR, new FindCoordinatorHandler(topic, groups, addresses));
        all.put(ApiKeys.OFFSET_COMMIT, new OffsetCommitHandler(topic, groups, metadata));
        all.put(ApiKeys.OFFSET_FETCH, new OffsetFetchHandler(topic, groups, metadata));
        all.put(ApiKeys.OFFSET_DELETE, new OffsetDeleteHandler(topic, groups, metadata));
        all.put(ApiKeys.JOIN_GROUP, members::join);
        all.put(ApiKeys.SYNC_GROUP, members::sync);
        all.put(ApiKeys.HEARTBEAT, members::heartbeat);
        all.put(ApiKeys.LEAVE_GROUP, members::leave);
        all.put(ApiKeys.LIST_GROUPS, admin::list);
        all.put(ApiKeys.DESCRIBE_GROUPS, admin::describe);
        all.put(ApiKeys.DELETE_GROUPS, admin::delete);
        if (groups.settings().servesConsumerProtocol()) {
            all.put(ApiKeys.CONSUMER_GROUP_HEARTBEAT, members::consumerGroupHeartbeat);
            all.put(ApiKeys.CONSUMER_GROUP_DESCRIBE, admin::consumerGroupDescribe);
        }
        return all;
    }

    /// One handler per API that groups serve, at all versions.
    public Map<ApiKeys, ApiHandler> handlers() {
        return handlers;
    }

    /// See [Groups#onElection]; any thread.
    @Override
    public void onElection(int partition, int leaderEpoch) {
        groups.onElection(partition, leaderEpoch);
    }

    /// See [Groups#onResignation]; any thread.
    @Override
    public void onResignation(int partition, OptionalInt leaderEpoch) {
        groups.onResignation(partition, leaderEpoch);
    }

    /// For metrics and tests.
    public Groups groups() {
        return groups;
    }

    @Override
    public void close() {
        groups.close();
    }
}
