package io.chronik.server.config;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// How the node takes part in a cluster. Times in milliseconds.
///
/// `founders` has the nodes that form a new cluster, by id, with their internal addresses (`--cluster`); empty, or only
/// this node, when it founds one by itself or joins. `members` are internal addresses of a cluster that exists, which
/// this node joins when its data directory is new (`--join`). At most one of both says something.
public record ClusterConfig(
        Map<Integer, HostPort> founders,
        List<HostPort> members,
        int voters,
        long heartbeatMs,
        long sessionTimeoutMs,
        long disconnectGraceMs,
        boolean balanceLeaders,
        long balanceCheckMs,
        boolean controlledShutdown,
        boolean sentinel,
        Quorum quorum,
        Replication replication) {
    public ClusterConfig {
        founders = Collections.unmodifiableSortedMap(new TreeMap<>(founders));
        members = List.copyOf(members);
    }

    /// The metadata quorum: Kafka's `controller.quorum.*`, and how long its leader holds a fetch.
    public record Quorum(
            int appendLingerMs,
            int electionTimeoutMs,
            int electionBackoffMaxMs,
            int fetchTimeoutMs,
            int fetchWaitMs,
            int fetchMaxBytes,
            int fetchSnapshotMaxBytes,
            int requestTimeoutMs,
            int retryBackoffMs) {}

    /// How followers fetch, and when they count as behind. `rackAware`: consumers may read from a replica in their
    /// rack.
    public record Replication(
            long lagTimeMaxMs,
            int fetchMaxBytes,
            int fetchResponseMaxBytes,
            int fetchWaitMaxMs,
            long fetchBackoffMs,
            boolean rackAware) {}

    /// Whether this node, when its data directory is new, begins a cluster without asking anybody.
    public boolean foundsAlone() {
        return founders.size() <= 1 && members.isEmpty();
    }

    /// The lowest id: it founds the cluster when all the others have said that there is none.
    public int founder() {
        return sorted().firstKey();
    }

    private SortedMap<Integer, HostPort> sorted() {
        return new TreeMap<>(founders);
    }

    static ClusterConfig of(NodeSettings settings, Map<Integer, HostPort> founders, List<HostPort> members) {
        return new ClusterConfig(
                founders,
                members,
                settings.number("chronik.metadata.voters"),
                settings.number("broker.heartbeat.interval.ms"),
                settings.number("broker.session.timeout.ms"),
                settings.number("chronik.node.disconnect.grace.ms"),
                settings.flag("auto.leader.rebalance.enable"),
                1_000 * settings.longNumber("leader.imbalance.check.interval.seconds"),
                settings.flag("controlled.shutdown.enable"),
                settings.flag("chronik.sentinel.enable"),
                quorum(settings),
                replication(settings));
    }

    private static Quorum quorum(NodeSettings settings) {
        return new Quorum(
                settings.number("controller.quorum.append.linger.ms"),
                settings.number("controller.quorum.election.timeout.ms"),
                settings.number("controller.quorum.election.backoff.max.ms"),
                settings.number("controller.quorum.fetch.timeout.ms"),
                settings.number("chronik.metadata.fetch.wait.ms"),
                settings.number("controller.quorum.fetch.max.bytes"),
                settings.number("controller.quorum.fetch.snapshot.max.bytes"),
                settings.number("controller.quorum.request.timeout.ms"),
                settings.number("controller.quorum.retry.backoff.ms"));
    }

    private static Replication replication(NodeSettings settings) {
        return new Replication(
                settings.longNumber("replica.lag.time.max.ms"),
                settings.number("replica.fetch.max.bytes"),
                settings.number("replica.fetch.response.max.bytes"),
                settings.number("replica.fetch.wait.max.ms"),
                settings.number("replica.fetch.backoff.ms"),
                !settings.text("replica.selector.class").orElse("").endsWith("LeaderSelector"));
    }
}
