package io.chronik.bench.cases;

import static io.chronik.bench.cases.Clusters.NODES;
import static io.chronik.bench.cases.FirstContact.pause;

import io.chronik.bench.broker.BrokerCluster;
import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.broker.Recipe;
import io.chronik.bench.load.AckGaps;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Metric;
import io.chronik.bench.load.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// How long an ordinary producer waits when a node goes away, and again when it comes back: three nodes, three
/// replicas,
/// two of them needed, 500 records a second. All faults of a run happen to one cluster, one after the other.
final class Failovers {
    private static final int STEADY_SECONDS = 3;

    /// Longer than any broker takes, and than a producer's request may.
    private static final int MOST_SECONDS = 90;

    /// Whom it happens to: the partition's leader (which is or is not the controller), or a follower.
    enum Victim {
        LEADER,
        LEADER_AND_CONTROLLER,
        FOLLOWER
    }

    /// What happens to a node of a cluster, and what brings it back.
    enum Fault {
        /// SIGKILL, and a start when it has been replaced.
        KILL {
            @Override
            void make(BrokerCluster cluster, int node) {
                cluster.node(node).kill();
            }

            @Override
            void undo(BrokerCluster cluster, int node) {
                cluster.node(node).restart();
            }
        },
        /// SIGSTOP, and SIGCONT when it has been replaced.
        SUSPEND {
            @Override
            void make(BrokerCluster cluster, int node) {
                cluster.node(node).pause();
            }

            @Override
            void undo(BrokerCluster cluster, int node) {
                cluster.node(node).resume();
            }
        },
        /// SIGTERM, and a start as soon as it has ended.
        RESTART {
            @Override
            void make(BrokerCluster cluster, int node) {
                var _ = cluster.node(node).stop();
                cluster.node(node).restart();
            }

            @Override
            void undo(BrokerCluster cluster, int node) {}
        },
        /// The other nodes and it do not reach each other; clients reach all.
        CUT_FROM_NODES {
            @Override
            void make(BrokerCluster cluster, int node) {
                cluster.cutOff(node, false);
            }

            @Override
            void undo(BrokerCluster cluster, int node) {
                cluster.heal();
            }
        },
        /// Neither other nodes nor clients and it reach each other.
        CUT_FROM_ALL {
            @Override
            void make(BrokerCluster cluster, int node) {
                cluster.cutOff(node, true);
            }

            @Override
            void undo(BrokerCluster cluster, int node) {
                cluster.heal();
            }
        };

        abstract void make(BrokerCluster cluster, int node);

        abstract void undo(BrokerCluster cluster, int node);

        private boolean needsNetwork() {
            return this == CUT_FROM_NODES || this == CUT_FROM_ALL;
        }
    }

    private Failovers() {}

    static Case.SeriesRun of(Victim victim, Fault fault) {
        return (recipe, work, times, seen) -> {
            if (times > 0) run(recipe, work, new Plan(victim, fault, times), seen);
        };
    }

    private record Plan(Victim victim, Fault fault, int times) {
        BrokerCluster start(Recipe recipe, Path work) {
            return fault.needsNetwork()
                    ? BrokerCluster.startInNamespaces(recipe, work, NODES)
                    : BrokerCluster.start(recipe, work, NODES);
        }
    }

    private static void run(Recipe recipe, Path work, Plan plan, Consumer<Measured> seen) {
        try (BrokerCluster cluster = plan.start(recipe, work)) {
            Clusters.awaitService(cluster);
            try (Topics topics = new Topics(cluster.target())) {
                String topic = topics.createReplicated(1, NODES, Clusters.TWO_IN_SYNC);
                for (int i = 0; i < plan.times; i++) seen.accept(once(cluster, topics, topic, plan));
            }
        }
    }

    /// `unavailableMs` is the longest time without an acknowledgement until they flow again after the fault, and
    /// `unavailableOnReturnMs` from then on until the node's replica is in sync again.
    private static Measured once(BrokerCluster cluster, Topics topics, String topic, Plan plan) {
        int node = chosen(topics, topic, plan.victim);
        try (AckGaps gaps = new AckGaps(cluster.target(), topic, 0)) {
            Topics.await(() -> gaps.lastAckNs() != 0);
            pause(STEADY_SECONDS);
            gaps.reset();
            long fromNs = System.nanoTime();
            plan.fault.make(cluster, node);
            awaitFlow(cluster, gaps, fromNs);
            double unavailableMs = gaps.longestMs();
            gaps.reset();
            long backNs = System.nanoTime();
            plan.fault.undo(cluster, node);
            Topics.await(() -> topics.liveNodes() == NODES);
            topics.awaitInSync(topic, 1, NODES);
            double backSeconds = (System.nanoTime() - backNs) / 1e9;
            pause(1);
            return Measured.of(Metric.UNAVAILABLE_MS, unavailableMs)
                    .with(Metric.UNAVAILABLE_ON_RETURN_MS, gaps.longestMs())
                    .with(Metric.BACK_IN_SYNC_SECONDS, backSeconds);
        }
    }

    /// Acknowledgements have come for two seconds.
    private static void awaitFlow(BrokerCluster cluster, AckGaps gaps, long fromNs) {
        long deadlineNs = fromNs + MOST_SECONDS * 1_000_000_000L;
        for (int steady = 0; steady < 2; ) {
            long before = gaps.lastAckNs();
            pause(1);
            steady = gaps.lastAckNs() > before && gaps.lastAckNs() > fromNs ? steady + 1 : 0;
            if (System.nanoTime() > deadlineNs) {
                String logs = cluster.nodes().stream()
                        .map(BrokerProcess::directory)
                        .map(directory -> directory.getFileName() + "*")
                        .toList()
                        .toString();
                throw new IllegalStateException("no acknowledgements for " + MOST_SECONDS + " s, see " + logs);
            }
        }
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
