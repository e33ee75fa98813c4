package io.chronik.bench.cases;

import static io.chronik.bench.cases.Clusters.NODES;
import static io.chronik.bench.cases.FirstContact.pause;

import io.chronik.bench.broker.BrokerCluster;
import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.load.AckGaps;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Metric;
import io.chronik.bench.load.Target;
import io.chronik.bench.load.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// How long an ordinary producer waits when a node goes away: three nodes, three replicas, two of them needed, 500
/// records a second. Each run has a cluster of its own and makes the fault [#FAULTS] times.
final class Failovers {
    /// Four runs make the twenty that are asked for.
    static final int RUNS = 4;

    private static final int FAULTS = 5;
    private static final int STEADY_SECONDS = 3;

    /// Longer than any broker takes, and than a producer's request may.
    private static final int MOST_SECONDS = 90;

    /// Whom it happens to: the partition's leader (which is or is not the controller), or a follower.
    enum Victim {
        LEADER,
        LEADER_AND_CONTROLLER,
        FOLLOWER
    }

    /// What happens.
    interface Fault {
        void make(BrokerProcess node);
    }

    private Failovers() {}

    static Case.LifecycleRun kill(Victim victim) {
        return run(victim, BrokerProcess::kill);
    }

    /// SIGSTOP; it goes on when it has been seen to be replaced.
    static Case.LifecycleRun suspend() {
        return run(Victim.LEADER, BrokerProcess::pause);
    }

    /// SIGTERM, and a start right after it.
    static Case.LifecycleRun restart() {
        return run(Victim.LEADER, node -> {
            var _ = node.stop();
        });
    }

    private static Case.LifecycleRun run(Victim victim, Fault fault) {
        return (recipe, work) -> {
            try (BrokerCluster cluster = BrokerCluster.start(recipe, work, NODES)) {
                Clusters.awaitService(cluster);
                Target target = cluster.target();
                try (Topics topics = new Topics(target)) {
                    String topic = topics.createReplicated(1, NODES, Map.of("min.insync.replicas", "2"));
                    List<Double> gapsMs = new ArrayList<>();
                    for (int i = 0; i < FAULTS; i++) gapsMs.add(once(cluster, topics, topic, victim, fault));
                    gapsMs.sort(null);
                    return Measured.of(Metric.UNAVAILABLE_MS, gapsMs.get(FAULTS / 2))
                            .with(Metric.WORST_UNAVAILABLE_MS, gapsMs.getLast());
                }
            }
        };
    }

    private static double once(BrokerCluster cluster, Topics topics, String topic, Victim victim, Fault fault) {
        BrokerProcess node = cluster.node(chosen(topics, topic, victim));
        try (AckGaps gaps = new AckGaps(cluster.target(), topic, 0)) {
            Topics.await(() -> gaps.lastAckNs() != 0);
            pause(STEADY_SECONDS);
            gaps.reset();
            long fromNs = System.nanoTime();
            fault.make(node);
            awaitFlow(gaps, fromNs);
            double longestMs = gaps.longestMs();
            again(node);
            Topics.await(() -> topics.liveNodes() == NODES);
            topics.awaitInSync(topic, 1, NODES);
            return longestMs;
        }
    }

    /// Acknowledgements have come for two seconds.
    private static void awaitFlow(AckGaps gaps, long fromNs) {
        long deadlineNs = fromNs + MOST_SECONDS * 1_000_000_000L;
        for (int steady = 0; steady < 2; ) {
            long before = gaps.lastAckNs();
            pause(1);
            steady = gaps.lastAckNs() > before && gaps.lastAckNs() > fromNs ? steady + 1 : 0;
            if (System.nanoTime() > deadlineNs) throw new IllegalStateException("no acknowledgements any more");
        }
    }

    private static void again(BrokerProcess node) {
        if (node.isAlive()) node.resume();
        else node.restart();
    }

    /// The node for the fault; the leader is moved to where it has to be.
    private static int chosen(Topics topics, String topic, Victim victim) {
        int controller = topics.controller();
        int other = controller % NODES + 1;
        int leader = victim == Victim.LEADER_AND_CONTROLLER ? controller : other;
        List<Integer> replicas = new ArrayList<>(List.of(leader));
        IntStream.rangeClosed(1, NODES).filter(id -> id != leader).forEach(replicas::add);
        topics.place(topic, 0, replicas);
        return victim == Victim.FOLLOWER
                ? IntStream.rangeClosed(1, NODES)
                        .filter(id -> id != leader && id != controller)
                        .findFirst()
                        .orElseThrow()
                : leader;
    }
}
