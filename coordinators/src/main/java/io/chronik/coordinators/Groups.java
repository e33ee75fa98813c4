package io.chronik.coordinators;

import io.chronik.metadata.ImageDelta;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.apache.kafka.server.util.timer.Timer;
import org.jspecify.annotations.Nullable;

/// The consumer groups that this node coordinates: those whose partition of `__consumer_offsets` it leads.
///
/// Nothing is built, and no thread runs, before that topic exists. From then on the node tells of elections and
/// images, and hands in requests; all methods may be called from any thread and none of them blocks, except
/// [#close()].
///
/// Answers are futures, completed on a coordinator thread: a change is answered when the high watermark covers
/// it, and what is read is committed. They carry group errors in their data. They fail with a Kafka
/// `ApiException` only when the groups as a whole are not there: COORDINATOR_NOT_AVAILABLE before the topic
/// exists and after [#close()].
public final class Groups implements AutoCloseable {
    private final GroupsLifecycle lifecycle;
    private final GroupSettings settings;

    /// `log` serves `__consumer_offsets` on node `nodeId`. Starts nothing.
    public Groups(int nodeId, GroupSettings settings, CoordinatorLog log) {
        this(nodeId, settings, log, Time.SYSTEM, () -> new SystemTimerReaper("group-timer", new SystemTimer("group")));
    }

    /// With a clock and a timer of the caller; the timer is taken when the topic first exists.
    Groups(int nodeId, GroupSettings settings, CoordinatorLog log, Time time, Supplier<Timer> timer) {
        this(
                settings,
                new GroupsLifecycle(
                        loaded -> KafkaGroupCoordinator.on(log, loaded, nodeId, settings, time, timer.get()),
                        SingleThread.named("group-metadata")));
    }

    /// With whatever coordinator `lifecycle` makes.
    Groups(GroupSettings settings, GroupsLifecycle lifecycle) {
        this.settings = settings;
        this.lifecycle = lifecycle;
    }

    /// Stops: requests that wait are answered NOT_COORDINATOR, later ones COORDINATOR_NOT_AVAILABLE. Idempotent.
    @Override
    public void close() {
        lifecycle.close();
    }

    public GroupSettings settings() {
        return settings;
    }

    // ---- What the node tells ----

    /// The cluster's metadata changed. Cheap: the change is worked out later, on a thread of its own, and changes
    /// that come meanwhile are worked out together.
    public void onImage(ImageDelta delta) {
        lifecycle.onImage(delta);
    }

    /// This node leads `partition` of `__consumer_offsets` from `leaderEpoch` on, and the [CoordinatorLog] serves
    /// it already. Its groups are loaded in the background; requests are answered COORDINATOR_LOAD_IN_PROGRESS
    /// until then.
    public void onElection(int partition, int leaderEpoch) {
        lifecycle.onElection(partition, leaderEpoch);
    }

    /// This node does not lead `partition` any more, as of `leaderEpoch` (empty: the partition is deleted). Its
    /// groups are dropped; who waits is answered NOT_COORDINATOR.
    public void onResignation(int partition, OptionalInt leaderEpoch) {
        lifecycle.onResignation(partition, leaderEpoch);
    }

    // ---- Where groups live ----

    /// True from when `__consumer_offsets` exists and the coordinator is up.
    public boolean started() {
        return lifecycle.coordinator() != null;
    }

    /// Completes when [#started()] becomes true.
    public CompletableFuture<Void> whenStarted() {
        return lifecycle.whenStarted();
    }

    /// Completes when the groups of `partition` are in memory here. Never, if this node does not come to lead it.
    public CompletableFuture<Void> whenLoaded(int partition) {
        return lifecycle.whenLoaded(partition);
    }

    /// The partition of `__consumer_offsets` that holds the group.
    /// Throws `CoordinatorNotAvailableException` before [#started()].
    public int partitionFor(String groupId) {
        return running().partitionFor(groupId);
    }

    // ---- Members of classic groups ----

    public CompletableFuture<JoinGroupResponseData> joinGroup(
            AuthorizableRequestContext context, JoinGroupRequestData request) {
        return call(groups -> groups.joinGroup(context, request, BufferSupplier.NO_CACHING));
    }

    public CompletableFuture<SyncGroupResponseData> syncGroup(
            AuthorizableRequestContext context, SyncGroupRequestData request) {
        return call(groups -> groups.syncGroup(context, request, BufferSupplier.NO_CACHING));
    }

    public CompletableFuture<HeartbeatResponseData> heartbeat(
            AuthorizableRequestContext context, HeartbeatRequestData request) {
        return call(groups -> groups.heartbeat(context, request));
    }

    public CompletableFuture<LeaveGroupResponseData> leaveGroup(
            AuthorizableRequestContext context, LeaveGroupRequestData request) {
        return call(groups -> groups.leaveGroup(context, request));
    }

    // ---- Members of consumer groups (KIP-848) ----

    public CompletableFuture<ConsumerGroupHeartbeatResponseData> consumerGroupHeartbeat(
            AuthorizableRequestContext context, ConsumerGroupHeartbeatRequestData request) {
        return call(groups -> groups.consumerGroupHeartbeat(context, request));
    }

    // ---- Offsets ----

    /// The topics and partitions in `request` exist: the caller has checked them.
    public CompletableFuture<OffsetCommitResponseData> commitOffsets(
            AuthorizableRequestContext context, OffsetCommitRequestData request) {
        return call(groups -> groups.commitOffsets(context, request, BufferSupplier.NO_CACHING));
    }

    /// `topics` null in `group` asks for every committed offset. With `requireStable` a partition with an open
    /// transaction is answered UNSTABLE_OFFSET_COMMIT (KIP-447), and reads wait for writes before them.
    public CompletableFuture<OffsetFetchResponseGroup> fetchOffsets(
            AuthorizableRequestContext context, OffsetFetchRequestGroup group, boolean requireStable) {
        return call(groups -> groups.fetchOffsets(context, group, requireStable));
    }

    public CompletableFuture<OffsetDeleteResponseData> deleteOffsets(
            AuthorizableRequestContext context, OffsetDeleteRequestData request) {
        return call(groups -> groups.deleteOffsets(context, request, BufferSupplier.NO_CACHING));
    }

    // ---- Administration ----

    /// Groups whose partitions this node leads and has loaded; an error while one of them loads.
    public CompletableFuture<ListGroupsResponseData> listGroups(
            AuthorizableRequestContext context, ListGroupsRequestData request) {
        return call(groups -> groups.listGroups(context, request));
    }

    /// Classic groups, in no particular order.
    public CompletableFuture<List<DescribeGroupsResponseData.DescribedGroup>> describeGroups(
            AuthorizableRequestContext context, List<String> groupIds) {
        return call(groups -> groups.describeGroups(context, groupIds));
    }

    /// Consumer groups (KIP-848), in no particular order.
    public CompletableFuture<List<ConsumerGroupDescribeResponseData.DescribedGroup>> consumerGroupDescribe(
            AuthorizableRequestContext context, List<String> groupIds) {
        return call(groups -> groups.consumerGroupDescribe(context, groupIds));
    }

    public CompletableFuture<DeletableGroupResultCollection> deleteGroups(
            AuthorizableRequestContext context, List<String> groupIds) {
        return call(groups -> groups.deleteGroups(context, groupIds, BufferSupplier.NO_CACHING));
    }

    /// What monitoring wants to know about every group here; worked out when asked, from committed state. Empty
    /// before `__consumer_offsets` exists; fails while a partition of it loads.
    public CompletableFuture<List<GroupStatus>> statuses() {
        return started() ? new GroupStatuses(this).all() : CompletableFuture.completedFuture(List.of());
    }

    private <T> CompletableFuture<T> call(Function<GroupCoordinator, CompletableFuture<T>> request) {
        try {
            return request.apply(running());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private GroupCoordinator running() {
        @Nullable GroupCoordinator coordinator = lifecycle.coordinator();
        if (coordinator == null) {
            throw new CoordinatorNotAvailableException("__consumer_offsets does not exist yet");
        }
        return coordinator;
    }
}
