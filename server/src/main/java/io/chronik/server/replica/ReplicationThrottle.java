package io.chronik.server.replica;

import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Limits what this node sends to (or fetches for) replicas that catch up, if an operator has listed them: Kafka's
/// replication throttle. Replicas in sync are never held, and what they copy is not counted. Any thread; the time of
/// all its callers is the same.
public final class ReplicationThrottle {
    static final long UNLIMITED = Long.MAX_VALUE;

    /// Whoever is held asks again after this time at the latest: the limits may have been changed.
    private static final long ASK_AGAIN_MS = 200;

    /// Which replicas are listed: partitions by topic, all of a topic's when there is no set.
    private volatile Map<Uuid, Partitions> listed = Map.of();

    private volatile long bytesPerSecond = UNLIMITED;
    private final LongConsumer meter;
    private @Nullable ByteAllowance allowance;

    /// Of one topic.
    record Partitions(boolean all, Set<Integer> some) {
        boolean contains(int partition) {
            return all || some.contains(partition);
        }
    }

    /// `meter` counts the bytes that the limit was applied to.
    public ReplicationThrottle(LongConsumer meter) {
        this.meter = meter;
    }

    /// Nothing is held.
    static ReplicationThrottle none() {
        return new ReplicationThrottle(_ -> {});
    }

    void list(Map<Uuid, Partitions> topics) {
        listed = Map.copyOf(topics);
    }

    void limit(long newBytesPerSecond) {
        bytesPerSecond = newBytesPerSecond;
    }

    /// Whether there is anything to limit.
    boolean isActive() {
        return bytesPerSecond != UNLIMITED && !listed.isEmpty();
    }

    /// Whether what is copied of `replica` counts.
    private boolean limits(ReplicaKey replica) {
        if (!isActive()) return false;
        Partitions partitions = listed.get(replica.topicId());
        return partitions != null && partitions.contains(replica.partition());
    }

    /// Whether nothing of `replica`, which is not in sync, should be copied now.
    boolean holds(ReplicaKey replica, long nowMs) {
        return limits(replica) && isUsedUp(nowMs);
    }

    /// `bytes` were copied of a replica that is not in sync.
    void onCopied(ReplicaKey replica, long bytes, long nowMs) {
        if (bytes == 0 || !limits(replica)) return;
        meter.accept(bytes);
        take(bytes, nowMs);
    }

    /// After which time those who are held should ask again.
    synchronized long pauseMs(long nowMs) {
        ByteAllowance own = allowance(nowMs);
        return Math.clamp(own.usedUpForMs(nowMs), 1, ASK_AGAIN_MS);
    }

    private synchronized boolean isUsedUp(long nowMs) {
        return allowance(nowMs).isUsedUp(nowMs);
    }

    private synchronized void take(long bytes, long nowMs) {
        allowance(nowMs).take(bytes, nowMs);
    }

    private ByteAllowance allowance(long nowMs) {
        ByteAllowance own = allowance;
        if (own == null) own = allowance = new ByteAllowance(bytesPerSecond, nowMs);
        own.setRate(bytesPerSecond, nowMs);
        return own;
    }
}
