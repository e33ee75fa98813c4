package io.chronik.bench.cases;

import static io.chronik.bench.cases.FirstContact.pause;

import io.chronik.bench.broker.BrokerCluster;
import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.load.JavaProducer;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Metric;
import io.chronik.bench.load.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Three nodes with three replicas of everything and acks=all. Each run of these cases has a cluster of its own.
public final class Clusters {
    public static final int NODES = 3;
    static final Map<String, String> TWO_IN_SYNC = Map.of("min.insync.replicas", "2");
    private static final int TOPICS_AT_ONCE = 500;
    /// The JIT compilers still work on the start's code for most of a minute.
    private static final int SETTLE_SECONDS = 60;
    private static final int IDLE_SECONDS = 30;

    private Clusters() {}

    /// `createdSeconds` until all requests were answered, `inSyncSeconds` until every replica of every topic was in
    /// sync.
    static Case.LifecycleRun createTopics(int count) {
        return (recipe, work) -> {
            try (BrokerCluster cluster = BrokerCluster.start(recipe, work, NODES)) {
                awaitService(cluster);
                List<String> names =
                        IntStream.range(0, count).mapToObj(i -> "topic-" + i).toList();
                try (Topics topics = new Topics(cluster.target())) {
                    long beginNs = System.nanoTime();
                    for (int from = 0; from < count; from += TOPICS_AT_ONCE) {
                        topics.createAll(names.subList(from, Math.min(count, from + TOPICS_AT_ONCE)), NODES);
                    }
                    double created = (System.nanoTime() - beginNs) / 1e9;
                    topics.awaitInSync(names, NODES);
                    return Measured.of("createdSeconds", created)
                            .with("inSyncSeconds", (System.nanoTime() - beginNs) / 1e9);
                }
            }
        };
    }

    /// CPU of that node of a cluster which uses most while nobody uses the cluster, in percent of a core.
    static Case.LifecycleRun idle() {
        return (recipe, work) -> {
            try (BrokerCluster cluster = BrokerCluster.start(recipe, work, NODES)) {
                awaitService(cluster);
                try (Topics topics = new Topics(cluster.target())) {
                    String topic = topics.createReplicated(12, NODES, TWO_IN_SYNC);
                    var _ = new JavaProducer(cluster.target(), topic, 100, 16 << 10, 0).atRate(1_000, 0, 1);
                }
                pause(SETTLE_SECONDS);
                List<Double> before = cpuSeconds(cluster);
                pause(IDLE_SECONDS);
                List<Double> after = cpuSeconds(cluster);
                List<Double> percent = new ArrayList<>();
                for (int i = 0; i < NODES; i++) percent.add(100 * (after.get(i) - before.get(i)) / IDLE_SECONDS);
                percent.sort(null);
                return Measured.of(Metric.CPU_PERCENT, percent.getLast()).with("leastCpuPercent", percent.getFirst());
            }
        };
    }

    private static List<Double> cpuSeconds(BrokerCluster cluster) {
        return cluster.nodes().stream().map(node -> node.figures().cpuSeconds()).toList();
    }

    /// Until a topic with a replica on every node takes records.
    public static void awaitService(BrokerCluster cluster) {
        long deadlineNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        Topics.await(() -> {
            for (BrokerProcess node : cluster.nodes()) {
                if (!node.isAlive()) throw new IllegalStateException(node.name() + " ended, see " + node.log());
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
