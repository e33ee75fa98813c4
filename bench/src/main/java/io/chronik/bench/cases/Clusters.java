package io.chronik.bench.cases;

import static io.chronik.bench.cases.FirstContact.pause;

import io.chronik.bench.broker.BrokerCluster;
import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.load.JavaProducer;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Metric;
import io.chronik.bench.load.Target;
import io.chronik.bench.load.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Loads on three nodes with three replicas and acks=all. Each run has a cluster of its own, which is warmed up first.
final class Clusters {
    static final int NODES = 3;
    static final String CREATED_SECONDS = "createdSeconds";
    private static final Map<String, String> TWO_IN_SYNC = Map.of("min.insync.replicas", "2");
    private static final double WARM_UP_SECONDS = 15;
    private static final double SECONDS = 10;
    private static final int TOPICS_AT_ONCE = 500;

    private Clusters() {}

    static Case.LifecycleRun produce(int recordBytes, int batchBytes, int partitions) {
        return onTopic(
                partitions,
                (target, topic) -> new JavaProducer(target, topic, recordBytes, batchBytes, 5)
                        .asFastAsPossible(WARM_UP_SECONDS, SECONDS));
    }

    static Case.LifecycleRun latency(int rate, int recordBytes) {
        return onTopic(
                1,
                (target, topic) -> new JavaProducer(target, topic, recordBytes, 16 << 10, 0)
                        .atRate(rate, WARM_UP_SECONDS, SECONDS));
    }

    private interface OnTopic {
        Measured run(Target target, String topic);
    }

    private static Case.LifecycleRun onTopic(int partitions, OnTopic load) {
        return (recipe, work) -> {
            try (BrokerCluster cluster = BrokerCluster.start(recipe, work, NODES)) {
                awaitService(cluster);
                Target target = cluster.target();
                try (Topics topics = new Topics(target)) {
                    return load.run(target, topics.createReplicated(partitions, NODES, TWO_IN_SYNC));
                }
            }
        };
    }

    /// From the first request until all topics have all of their replicas in sync.
    static Case.LifecycleRun createTopics(int count) {
        return (recipe, work) -> {
            try (BrokerCluster cluster = BrokerCluster.start(recipe, work, NODES)) {
                awaitService(cluster);
                try (Topics topics = new Topics(cluster.target())) {
                    long beginNs = System.nanoTime();
                    for (int first = 0; first < count; first += TOPICS_AT_ONCE) {
                        int from = first;
                        topics.createAll(
                                IntStream.range(from, Math.min(count, from + TOPICS_AT_ONCE))
                                        .mapToObj(i -> "topic-" + i)
                                        .toList(),
                                NODES);
                    }
                    double seconds = (System.nanoTime() - beginNs) / 1e9;
                    topics.awaitInSync("topic-" + (count - 1), 1, NODES);
                    return Measured.of(CREATED_SECONDS, seconds);
                }
            }
        };
    }

    /// CPU of each node of a cluster that nobody uses, in percent of a core, the mean of the three.
    static Case.LifecycleRun idle() {
        return (recipe, work) -> {
            try (BrokerCluster cluster = BrokerCluster.start(recipe, work, NODES)) {
                awaitService(cluster);
                try (Topics topics = new Topics(cluster.target())) {
                    String topic = topics.createReplicated(12, NODES, TWO_IN_SYNC);
                    var _ = new JavaProducer(cluster.target(), topic, 100, 16 << 10, 0).atRate(1_000, 0, 1);
                }
                pause(20);
                double before = cpuSeconds(cluster);
                pause(60);
                double percent = 100 * (cpuSeconds(cluster) - before) / 60 / NODES;
                return Measured.of(Metric.CPU_PERCENT, percent);
            }
        };
    }

    private static double cpuSeconds(BrokerCluster cluster) {
        return cluster.nodes().stream()
                .mapToDouble(node -> node.figures().cpuSeconds())
                .sum();
    }

    /// Until a topic with a replica on every node takes a record.
    static void awaitService(BrokerCluster cluster) {
        long deadlineNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        Topics.await(() -> {
            List<BrokerProcess> ended =
                    cluster.nodes().stream().filter(node -> !node.isAlive()).toList();
            if (!ended.isEmpty()) {
                throw new IllegalStateException(ended.getFirst().name() + " ended, see "
                        + ended.getFirst().directory());
            }
            if (System.nanoTime() > deadlineNs) throw new IllegalStateException("the cluster does not form");
            try (Topics topics = new Topics(cluster.target())) {
                return topics.liveNodes() == NODES;
            }
        });
        try (Topics topics = new Topics(cluster.target())) {
            String topic = topics.createReplicated(1, NODES, TWO_IN_SYNC);
            var _ = new JavaProducer(cluster.target(), topic, 100, 16 << 10, 0).atRate(100, 0, 1);
            topics.delete(topic);
        }
    }
}
