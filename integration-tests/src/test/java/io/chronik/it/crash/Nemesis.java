package io.chronik.it.crash;

import static io.chronik.it.cluster.ClusterNetwork.CLIENTS;

import io.chronik.it.cluster.ClusterNetwork.Direction;
import io.chronik.it.cluster.ClusterProcess;
import io.chronik.it.crash.ClusterHistory.Fault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/// Makes faults, one after the other, in an order that the seed decides. Each method returns when its fault is over:
/// the node runs again, the network is whole.
final class Nemesis {
    /// What can go wrong.
    enum Kind {
        /// kill -9 of a node that leads a partition.
        KILL_LEADER,
        /// kill -9 of the node that leads the metadata quorum.
        KILL_CONTROLLER,
        /// SIGSTOP of one node for 3 to 8 seconds, longer than the session timeout.
        STOP,
        /// One node reaches no other, clients still reach it; or two nodes do not reach each other.
        CUT,
        /// Packets of one node get lost in one direction.
        ONE_WAY,
        /// kill -9 of all nodes.
        ALL_KILL
    }

    private static final long SECOND = 1_000_000_000;

    private final ClusterProcess cluster;
    private final ClusterHistory history;
    private final Random random;
    private final Map<Kind, Integer> done = new EnumMap<>(Kind.class);

    Nemesis(ClusterProcess cluster, ClusterHistory history, long seed) {
        this.cluster = cluster;
        this.history = history;
        this.random = new Random(seed);
    }

    /// As many of each as given, shuffled.
    List<Kind> schedule(Map<Kind, Integer> counts) {
        List<Kind> kinds = new ArrayList<>();
        counts.forEach((kind, count) -> kinds.addAll(Collections.nCopies(count, kind)));
        Collections.shuffle(kinds, random);
        return kinds;
    }

    int done(Kind kind) {
        return done.getOrDefault(kind, 0);
    }

    void make(Kind kind, String topic, int partitions) {
        long startNs = System.nanoTime();
        String target = switch (kind) {
            case KILL_LEADER -> kill(cluster.leaderOf(topic, random.nextInt(partitions)));
            case KILL_CONTROLLER -> kill(cluster.raftLeader());
            case STOP -> stop(victim(topic, partitions));
            case CUT -> cut(victim(topic, partitions));
            case ONE_WAY -> oneWay(victim(topic, partitions));
            case ALL_KILL -> killAll();
        };
        done.merge(kind, 1, Integer::sum);
        history.add(new Fault(kind.name(), target, startNs, System.nanoTime()));
    }

    /// Half of the time whoever matters: a leader of a partition or of the quorum.
    private int victim(String topic, int partitions) {
        return switch (random.nextInt(4)) {
            case 0 -> cluster.leaderOf(topic, random.nextInt(partitions));
            case 1 -> cluster.raftLeader();
            default -> any(cluster.ids());
        };
    }

    private int any(List<Integer> ids) {
        return ids.get(random.nextInt(ids.size()));
    }

    private String kill(int node) {
        end(node);
        pause(3);
        cluster.start(List.of(node));
        return "node " + node;
    }

    private void end(int node) {
        cluster.node(node).kill();
        Votes.of(node, cluster.node(node)).ifPresent(history::add);
    }

    private String stop(int node) {
        cluster.node(node).suspend();
        LockSupport.parkNanos(3 * SECOND);
        pause(5);
        if (random.nextInt(4) == 0) {
            // Another one dies while this one sleeps.
            kill(any(cluster.others(node)));
        }
        cluster.node(node).resume();
        return "node " + node;
    }

    private String cut(int node) {
        boolean one = random.nextInt(3) == 0;
        List<Integer> peers = one ? List.of(any(cluster.others(node))) : cluster.others(node);
        peers.forEach(peer -> cluster.network().cut(node, peer, Direction.BOTH));
        boolean clients = !one && random.nextInt(3) == 0;
        if (clients) {
            cluster.network().cut(node, CLIENTS, Direction.BOTH);
        }
        pause(6);
        if (random.nextInt(4) == 0) {
            kill(any(cluster.others(node)));
        }
        cluster.network().heal();
        return "node " + node + " from " + peers + (clients ? " and clients" : "");
    }

    private String oneWay(int node) {
        boolean outgoing = random.nextBoolean();
        for (int peer : cluster.others(node)) {
            if (outgoing) {
                cluster.network().cut(node, peer, Direction.ONE_WAY);
            } else {
                cluster.network().cut(peer, node, Direction.ONE_WAY);
            }
        }
        pause(6);
        cluster.network().heal();
        return (outgoing ? "from node " : "to node ") + node;
    }

    private String killAll() {
        List<Integer> order = new ArrayList<>(cluster.ids());
        Collections.shuffle(order, random);
        order.forEach(this::end);
        cluster.start();
        return "all";
    }

    /// Up to `seconds`.
    private void pause(int seconds) {
        LockSupport.parkNanos((long) (random.nextDouble() * seconds * SECOND));
    }
}
