package io.chronik.server.metrics;

import io.chronik.server.replica.ReplicaKey;
import io.chronik.server.replica.ReplicationMeter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Replication, under the names of Kafka's own metrics.
final class ReplicationMeters implements ReplicationMeter {
    private final LongAdder shrinks = new LongAdder();
    private final LongAdder expands = new LongAdder();
    private final LongAdder uncleanElections = new LongAdder();
    private final LongAdder recordsLost = new LongAdder();
    private final LongAdder throttledSent = new LongAdder();
    private final LongAdder throttledFetched = new LongAdder();
    private final Map<ReplicaKey, Long> lags = new ConcurrentHashMap<>();

    @Override
    public void onIsrShrunk() {
        shrinks.increment();
    }

    @Override
    public void onIsrExpanded() {
        expands.increment();
    }

    @Override
    public void onFetched(ReplicaKey partition, long lag) {
        lags.put(partition, Math.max(0, lag));
    }

    @Override
    public void onStopped(ReplicaKey partition) {
        lags.remove(partition);
    }

    @Override
    public void onUncleanElection() {
        uncleanElections.increment();
    }

    @Override
    public void onCommittedLost(long records) {
        recordsLost.add(records);
    }

    @Override
    public void onThrottledSent(long bytes) {
        throttledSent.add(bytes);
    }

    @Override
    public void onThrottledFetched(long bytes) {
        throttledFetched.add(bytes);
    }

    void collect(Families families) {
        String manager = "kafka_server_replicamanager_";
        families.counter(manager + "isrshrinks", "In-sync sets made smaller by leaders here.", shrinks.sum());
        families.counter(manager + "isrexpands", "In-sync sets made larger by leaders here.", expands.sum());
        families.counter(
                "kafka_controller_controllerstats_uncleanleaderelections",
                "Elections of this node where it was not in sync.",
                uncleanElections.sum());
        families.counter(
                "chronik_replication_lost_records",
                "Committed records of replicas here that were cut, because an unclean leader does not have them.",
                recordsLost.sum());
        String throttled = "chronik_replication_throttled_bytes";
        String help = "Bytes copied to replicas that are not in sync, under the throttle of their leader or follower.";
        families.counter(throttled, help, throttledSent.sum(), "side", "leader");
        families.counter(throttled, help, throttledFetched.sum(), "side", "follower");
        long maxLag = lags.values().stream().mapToLong(Long::longValue).max().orElse(0);
        families.gauge(
                "kafka_server_replicafetchermanager_maxlag",
                "Records that the follower here that is furthest behind has not had of what is committed.",
                maxLag,
                "clientId",
                "Replica");
    }
}
