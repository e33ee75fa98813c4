package io.chronik.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The faults that the simulation has to find; beside those that few seeds find are some that do. To look for seeds:
/// `Mutants FIRST_SEED COUNT [NAME]`.
final class Mutants {
    private Mutants() {}

    static final List<Mutant> ALL = List.of(
            replication("high watermark from the fastest replica", "ReplicaProgress", """
                    long smallest = Long.MAX_VALUE;
                            for (int replica : replicas) smallest = Math.min(smallest, durableEnd(replica));""", """
                    long smallest = 0;
                            for (int replica : replicas) smallest = Math.max(smallest, durableEnd(replica));"""),
            replication(
                    "diverged followers are not cut",
                    "Leading",
                    "if (position.lastFetchedEpoch() >= 0) {",
                    "if (position.fetchOffset() < 0) {"),
            replication(
                    "a shrunk in-sync set counts before it is committed",
                    "ReplicaProgress",
                    "open.add(proposal);",
                    "isr = proposal.replicas();"),
            replication(
                    "a grown in-sync set does not count until it is committed",
                    "ReplicaProgress",
                    "for (IsrProposal proposal : open) reached =",
                    "for (IsrProposal proposal : List.<IsrProposal>of()) reached ="),
            replication("the leader counts what it has not synced", "Partition", """
                    long durableEnd = log.view().durableEndOffset();
                            boolean moved""", """
                    long durableEnd = log.view().endOffset();
                            boolean moved"""),
            replication(
                    "a replica joins below the high watermark",
                    "ReplicaProgress",
                    "return follower.durableEnd >= highWatermark && follower.durableEnd >= epochStartOffset;",
                    "return follower.durableEnd >= 0;"),
            new Mutant(
                    "a replica joins below the beginning of the leader's epoch",
                    "replication",
                    "ReplicaProgress.java",
                    "return follower.durableEnd >= highWatermark && follower.durableEnd >= epochStartOffset;",
                    "return follower.durableEnd >= highWatermark;",
                    List.of(265L)),
            replication("the first fetch does not wait for a sync", "Partition", """
                    role = new Role.Follower(following);
                            syncThenFetch(following);""", """
                    role = new Role.Follower(following);
                            LogView log0 = log.view();
                            following.onAsked(++lastFetchId);
                            peers.fetchNext(this, new FetchPoint(lastFetchId, assignment.leader(), assignment.leaderEpoch(),
                                    log0.endOffset(), Following.lastFetchedEpoch(log0), log0.startOffset(), highWatermark));"""),
            replication("no fetch waits for a sync", "Partition", """
                    LogView durable = log.view();
                            if (durable.durableEndOffset() < durable.endOffset()) {""", """
                    LogView durable = log.view();
                            if (durable.durableEndOffset() < 0) {"""),
            replication(
                    "a late answer is taken",
                    "Following",
                    "return state == State.FETCHING && fetched.fetchId() == askedId;",
                    "return fetched.fetchId() > 0;"),
            replication(
                    "committed with too few in sync",
                    "ReplicaProgress",
                    "if (!hasEnoughInSync() || isr.isEmpty()) return false;",
                    "if (isr.isEmpty()) return false;"),
            replication(
                    "a change of settings forgets who is open",
                    "Partition",
                    "if (leading.progress().setMinInSync(requiredInSync())) onProgress(leading);",
                    """
                    role = new Role.Leader(new Leading(
                            self, assignment, requiredInSync(), highWatermark, log.view().endOffset(), lane.nowMs()));""",
                    50L,
                    89L,
                    94L),
            replication(
                    "a new leader says at once where the log ends",
                    "Leading",
                    "return progress.highWatermark() >= electedEnd;",
                    "return progress.highWatermark() >= 0;",
                    12L,
                    13L,
                    14L),
            replication(
                    "a new leader takes its followers for caught up",
                    "ReplicaProgress",
                    "private long durableEnd;",
                    "private long durableEnd = Long.MAX_VALUE;"),
            replication(
                    "a follower believes its leader's high watermark",
                    "Following",
                    "return Math.min(leaderHighWatermark, log.durableEndOffset());",
                    "return leaderHighWatermark;",
                    6L,
                    11L,
                    14L),
            replication(
                    "a duplicate is acknowledged before its original",
                    "Partition",
                    "park(leading, duplicate.endOffset(), acks, timeoutMs, outcome, reply);",
                    "reply.on(outcome);"),
            new Mutant(
                    "a cut forgets producers",
                    "log",
                    "SegmentedLog.java",
                    "if (since) producers.onAppended(buffer, at, lastAppendMs);",
                    "",
                    List.of(49L, 54L, 76L)),
            new Mutant(
                    "a cut forgets what was synced of the log",
                    "log",
                    "SegmentedLog.java",
                    "syncedEndOffset = Math.min(syncedEndOffset, endOffset);",
                    "",
                    List.of()),
            metadata(
                    "a new process stands where the one before stood",
                    "Membership",
                    "NodeImage.State.FENCED, (elections, nodeId) -> elections.onRegistered(nodeId, heard));",
                    "NodeImage.State.ACTIVE, (elections, nodeId) -> List.of());"),
            metadata(
                    "a proposal on an older basis is committed",
                    "AlterPartitions",
                    "if (asked.partitionEpoch() < before.partitionEpoch()) return Errors.INVALID_UPDATE_VERSION;",
                    "",
                    105L,
                    217L,
                    268L),
            metadata(
                    "an earlier registration joins",
                    "AlterPartitions",
                    "return present && node.orElseThrow().mayJoinIsr();",
                    "return true;"),
            metadata(
                    "anybody is elected",
                    "PartitionElections",
                    "if (eligible.contains(replica) && mayLead(replica)) return replica;",
                    "if (mayLead(replica)) return replica;"),
            new Mutant(
                    "a snapshot forgets settings",
                    "metadata",
                    "ImageSnapshot.java",
                    "new TreeMap<>(image.configOf(resource(topic))), out);",
                    "new TreeMap<>(), out);",
                    List.of()),
            server(
                    "a large change is applied in part",
                    "metadata/AppliedImage.java",
                    "commands.forEach(changes::apply);",
                    "commands.stream().limit(2).forEach(changes::apply);"),
            server(
                    "a node follows the metadata from before its registration",
                    "partitions/PartitionRegistry.java",
                    "return image.node(nodeId).filter(node -> node.epoch() >= nodeEpoch).isPresent();",
                    "return true;"),
            server(
                    "replicas that are open miss their new roles",
                    "partitions/PartitionRegistry.java",
                    "if (partition != null) tell(partition, state);",
                    ""),
            server(
                    "a coordinator serves before its high watermark tells what is committed",
                    "groups/CoordinatorElections.java",
                    "if (!over && !view.servesLatest()) return;",
                    "",
                    100L,
                    103L,
                    364L),
            server(
                    "a commit of offsets is acknowledged when it is appended",
                    "partitions/ReplicaCoordinatorLog.java",
                    "listener.onHighWatermark(view.highWatermark());",
                    "listener.onHighWatermark(view.log().endOffset());",
                    187L,
                    194L,
                    235L),
            server(
                    "a coordinator stays when its node does not lead any more",
                    "groups/CoordinatorElections.java",
                    "coordinator.onResignation(partition.id().partition(), OptionalInt.of(leaderEpoch));",
                    "",
                    21L,
                    30L,
                    32L));

    private static Mutant replication(String name, String type, String original, String changed, Long... seeds) {
        return new Mutant(name, "replication", type + ".java", original, changed, List.of(seeds));
    }

    private static Mutant metadata(String name, String type, String original, String changed, Long... seeds) {
        return new Mutant(name, "metadata", "controller/" + type + ".java", original, changed, List.of(seeds));
    }

    private static Mutant server(String name, String file, String original, String changed, Long... seeds) {
        return new Mutant(name, "server", file, original, changed, List.of(seeds));
    }

    public static void main(String[] args) {
        long first = Long.parseLong(args[0]);
        int count = Integer.parseInt(args[1]);
        for (Mutant mutant : ALL) {
            if (args.length > 2 && !mutant.name().contains(args[2])) continue;
            try {
                MutantCode code = MutantCode.of(mutant);
                List<Long> found = new ArrayList<>();
                String what = "";
                long seed = first;
                for (; seed < first + count && found.size() < 5; seed++) {
                    Optional<String> failure = code.run(seed);
                    if (failure.isEmpty()) continue;
                    found.add(seed);
                    what = failure.get().lines().findFirst().orElse("");
                }
                System.out.printf("%s: %s of %d seeds%n    %s%n", mutant, found, seed - first, what);
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
