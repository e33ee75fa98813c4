package io.chronik.simulator;

import io.chronik.metadata.PartitionImage;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/// A consumer that commits ever larger offsets, and asks for them: never less than what was acknowledged (G1).
final class SimulatedGroup {
    private static final int ADDRESS = 200;
    private static final String GROUP = "group";
    private static final int TIMEOUT_MS = 400;

    private final Cluster cluster;
    private final Chance chance;
    private SimulatedNetwork.Connection requests;
    private SimulatedNetwork.Connection answers;
    private int coordinator = 1;
    private long tried;
    private long acked = -1;
    private int ackedCount;
    private int fetchedCount;
    private boolean stopped;

    /// Counts questions: an answer to an earlier one is void.
    private int asked;

    SimulatedGroup(Cluster cluster, Chance chance) {
        this.cluster = cluster;
        this.chance = chance;
        this.requests = cluster.network().connect(ADDRESS, coordinator);
        this.answers = cluster.network().connect(coordinator, ADDRESS);
    }

    void start() {
        next();
    }

    void stop() {
        stopped = true;
    }

    int ackedCount() {
        return ackedCount;
    }

    int fetchedCount() {
        return fetchedCount;
    }

    private void next() {
        if (stopped) return;
        int mine = ++asked;
        cluster.time().afterUs(chance.between(500, 20_000), () -> {
            if (mine != asked) return;
            if (chance.percent(60)) commit(mine);
            else fetch(mine);
            cluster.time().afterMs(TIMEOUT_MS, () -> {
                if (mine == asked) again();
            });
        });
    }

    private void again() {
        requests.close();
        answers.close();
        SimulatedNode known = chance.oneOf(cluster.nodes());
        known.running()
                .ifPresent(running -> running.controller()
                        .image()
                        .topic(Topic.GROUP_METADATA_TOPIC_NAME)
                        .map(topic -> topic.partitions().getFirst())
                        .filter(PartitionImage::hasLeader)
                        .ifPresent(state -> coordinator = state.leader()));
        requests = cluster.network().connect(ADDRESS, coordinator);
        answers = cluster.network().connect(coordinator, ADDRESS);
        next();
    }

    private void commit(int mine) {
        long offset = ++tried;
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId(GROUP)
                .setGenerationIdOrMemberEpoch(-1)
                .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic()
                        .setName(cluster.name(0))
                        .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(offset)))));
        ask(
                mine,
                groups -> groups.commitOffsets(context(ApiKeys.OFFSET_COMMIT), request, BufferSupplier.NO_CACHING),
                (answer, leads) -> {
                    short error =
                            answer.topics().getFirst().partitions().getFirst().errorCode();
                    cluster.trace("group: commit %d: %s", offset, Errors.forCode(error));
                    if (error != 0) {
                        again();
                        return;
                    }
                    acked = offset;
                    ackedCount++;
                    next();
                });
    }

    private void fetch(int mine) {
        OffsetFetchRequestData.OffsetFetchRequestGroup request = new OffsetFetchRequestData.OffsetFetchRequestGroup()
                .setGroupId(GROUP)
                .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopics()
                        .setName(cluster.name(0))
                        .setPartitionIndexes(List.of(0))));
        ask(mine, groups -> groups.fetchOffsets(context(ApiKeys.OFFSET_FETCH), request, false), (answer, leads) -> {
            cluster.trace("group: fetched %s, acknowledged %d", answer, acked);
            if (answer.errorCode() != 0) {
                again();
                return;
            }
            long offset = answer.topics().getFirst().partitions().getFirst().committedOffset();
            Oracle.check(
                    !leads || offset >= acked && offset <= tried,
                    "G1: offset %d is committed after %d was acknowledged and %d asked for",
                    offset,
                    acked,
                    tried);
            fetchedCount++;
            next();
        });
    }

    private <R> void ask(
            int mine, Function<GroupCoordinator, CompletableFuture<R>> question, BiConsumer<R, Boolean> told) {
        SimulatedNetwork.Connection over = requests;
        SimulatedNetwork.Connection back = answers;
        int node = coordinator;
        over.send(() -> cluster.node(node)
                .running()
                .ifPresentOrElse(
                        running -> receive(
                                running,
                                over,
                                question,
                                (answer, leads) -> back.send(() -> {
                                    if (mine == asked) told.accept(answer, leads);
                                })),
                        over::close));
    }

    private <R> void receive(
            SimulatedNode.Running running,
            SimulatedNetwork.Connection over,
            Function<GroupCoordinator, CompletableFuture<R>> question,
            BiConsumer<R, Boolean> told) {
        if (!running.serving()) over.close();
        if (!over.leadsTo(running.process())) return;
        running.process().run(() -> {
            GroupCoordinator groups = running.groups().coordinator();
            if (groups == null) return;
            cluster.digest().add("group", cluster.time().nowUs(), running.nodeId());
            var _ = question.apply(groups).thenAccept(answer -> told.accept(answer, leads(running)));
        });
    }

    /// A coordinator that has lost its partition and does not know yet may answer what was true before: so does
    /// Kafka's.
    private boolean leads(SimulatedNode.Running running) {
        int groups = cluster.partitionCount() - 1;
        PartitionState state = cluster.committed(groups);
        return running.replica(groups)
                .map(replica -> replica.partition().view())
                .filter(view -> view.leading() && view.leaderEpoch() == state.leaderEpoch())
                .isPresent();
    }

    private static AuthorizableRequestContext context(ApiKeys api) {
        return new RequestContext(
                new RequestHeader(api, api.latestVersion(), "simulated", 1),
                "1",
                InetAddress.getLoopbackAddress(),
                KafkaPrincipal.ANONYMOUS,
                ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT),
                SecurityProtocol.PLAINTEXT,
                ClientInformation.EMPTY,
                false);
    }
}
