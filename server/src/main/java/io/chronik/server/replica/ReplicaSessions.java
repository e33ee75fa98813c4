package io.chronik.server.replica;

import io.chronik.base.Lane;
import io.chronik.server.net.ClientRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.requests.FetchRequest;

/// The sessions of this node's followers, one for each follower node. Thread-safe by one short lock.
final class ReplicaSessions {
    private final ReplicaLookup lookup;
    private final Function<String, Lane> lanes;
    private final RandomGenerator random;
    private final long refreshMs;
    private final ReplicationThrottle throttle;
    private final Map<Integer, ReplicaSession> sessions = new HashMap<>();

    ReplicaSessions(
            ReplicaLookup lookup,
            Function<String, Lane> lanes,
            RandomGenerator random,
            long refreshMs,
            ReplicationThrottle throttle) {
        this.lookup = lookup;
        this.lanes = lanes;
        this.random = random;
        this.refreshMs = refreshMs;
        this.throttle = throttle;
    }

    /// Takes the place of the follower's session before; ends with the connection that `request` came in on. Empty when
    /// a newer process of the follower has one.
    Optional<ReplicaSession> open(ClientRequest request, FetchRequest fetch) {
        int replica = fetch.replicaId();
        ReplicaSession session = new ReplicaSession(
                random.nextInt(1, Integer.MAX_VALUE),
                replica,
                fetch.replicaEpoch(),
                lookup,
                lanes.apply("followers on node " + replica),
                refreshMs,
                throttle);
        ReplicaSession before;
        synchronized (this) {
            before = sessions.get(replica);
            if (before != null && before.nodeEpoch() > fetch.replicaEpoch()) return Optional.empty();
            sessions.put(replica, session);
        }
        if (before != null) before.close();
        request.connection().onClose(() -> close(replica, session));
        return Optional.of(session);
    }

    synchronized Optional<ReplicaSession> find(FetchRequest fetch) {
        return Optional.ofNullable(sessions.get(fetch.replicaId())).filter(session -> session.belongsTo(fetch));
    }

    private void close(int replica, ReplicaSession session) {
        synchronized (this) {
            sessions.remove(replica, session);
        }
        session.close();
    }
}
