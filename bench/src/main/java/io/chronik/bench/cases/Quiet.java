package io.chronik.bench.cases;

import io.chronik.bench.broker.BrokerCluster;
import io.chronik.bench.load.JavaProducer;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Metric;
import io.chronik.bench.load.Topics;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Nothing may happen to a healthy cluster, however busy it is: no election of the quorum or of a partition, nobody
/// fenced, nobody out of sync.
final class Quiet {
    private static final int PARTITIONS = 12;

    /// So that an hour fits on the disk.
    private static final Map<String, String> BOUNDED =
            Map.of("min.insync.replicas", "2", "retention.bytes", "67108864", "segment.bytes", "16777216");

    private Quiet() {}

    /// Elections are differences of epochs, so that none is missed; the rest is looked at every second.
    static Case.LifecycleRun under(int minutes) {
        return (recipe, work) -> {
            Map<String, String> deletingOften = Map.of("log.retention.check.interval.ms", "5000");
            try (BrokerCluster cluster = BrokerCluster.start(recipe.with(deletingOften), work, Clusters.NODES)) {
                Clusters.awaitService(cluster);
                try (Topics topics = new Topics(cluster.target());
                        ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor()) {
                    String topic = topics.createReplicated(PARTITIONS, Clusters.NODES, BOUNDED);
                    JavaProducer producer = new JavaProducer(cluster.target(), topic, 1024, 64 << 10, 5);
                    long quorumEpoch = topics.quorumEpoch();
                    long epochs = topics.leaderEpochs(topic, PARTITIONS);
                    double fencingBefore = linesOfFencing(cluster);
                    AtomicInteger missingNodes = new AtomicInteger();
                    AtomicInteger outOfSync = new AtomicInteger();
                    Future<?> watching = watch.scheduleWithFixedDelay(
                            () -> {
                                if (topics.liveNodes() < Clusters.NODES) missingNodes.incrementAndGet();
                                if (topics.isUnderReplicated(topic)) outOfSync.incrementAndGet();
                            },
                            1,
                            1,
                            TimeUnit.SECONDS);
                    Measured load = producer.asFastAsPossible(0, 60 * minutes);
                    boolean watched = !watching.isDone();
                    watching.cancel(false);
                    if (!watched) throw new IllegalStateException("the cluster could not be asked how it is");
                    return Measured.of(Metric.MIB_PER_SECOND, load.get(Metric.MIB_PER_SECOND))
                            .with(Metric.SECONDS, load.get(Metric.SECONDS))
                            .with("quorumElections", (double) (topics.quorumEpoch() - quorumEpoch))
                            .with("partitionElections", (double) (topics.leaderEpochs(topic, PARTITIONS) - epochs))
                            .with("secondsWithoutANode", missingNodes.get())
                            .with("secondsOutOfSync", outOfSync.get())
                            .with("linesOfFencing", linesOfFencing(cluster) - fencingBefore);
                }
            }
        };
    }

    private static double linesOfFencing(BrokerCluster cluster) {
        return (double) cluster.nodes().stream()
                .flatMap(node -> node.printed().stream())
                .filter(line -> line.contains("fence"))
                .count();
    }
}
