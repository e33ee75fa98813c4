package io.chronik.bench.cases;

import io.chronik.bench.cases.Failovers.Fault;
import io.chronik.bench.cases.Failovers.Victim;
import io.chronik.bench.load.RawProducers.Shape;
import java.util.ArrayList;
import java.util.List;

/// Everything that can be measured.
public final class Cases {
    public static final String CHRONIK = "chronik";
    public static final String KAFKA = "kafka";
    public static final String KAFKA_FSYNC = "kafka-fsync";
    public static final List<String> BROKERS = List.of(CHRONIK, KAFKA, KAFKA_FSYNC);
    private static final List<String> BOTH = List.of(CHRONIK, KAFKA);
    private static final List<String> FSYNCING = List.of(CHRONIK, KAFKA_FSYNC);
    private static final List<String> ALONE = List.of(CHRONIK);
    private static final int MANY_PARTITIONS = 10_000;

    public static final int QUIET_MINUTES = 60;

    private Cases() {}

    public static List<Case> all() {
        return all(QUIET_MINUTES);
    }

    /// `quietMinutes` is how long a cluster has to stay quiet.
    public static List<Case> all(int quietMinutes) {
        List<Case> cases = new ArrayList<>();
        for (int recordBytes : new int[] {1024, 100}) {
            for (int batchKib : new int[] {16, 64}) {
                for (int partitions : new int[] {1, 12}) {
                    cases.add(new Case.Load(
                            produce(recordBytes, batchKib, partitions),
                            recordBytes == 100 ? BOTH : BROKERS,
                            Loads.produce(recordBytes, batchKib << 10, partitions)));
                }
            }
        }
        for (int connections : new int[] {1, 8, 64}) {
            cases.add(raw(sync(connections, 1), BROKERS, new Shape(connections, 1, 1, 1, 100)));
        }
        for (int connections : new int[] {1, 8, 64}) {
            cases.add(raw(
                    sync(connections, 64),
                    connections == 64 ? BROKERS : FSYNCING,
                    new Shape(connections, 1, 64, 1, 100)));
        }
        cases.add(raw(sync(64, 1000), FSYNCING, new Shape(64, 1, 1000, 1, 100)));
        cases.add(raw("pipelined-64x5-on-1000", FSYNCING, new Shape(64, 5, 1000, 1, 100)));
        cases.add(new Case.Load("latency-1000-per-second", BOTH, Loads.latency(1000, 1024, 1, 1)));
        cases.add(new Case.Load("end-to-end-100-per-second", BOTH, Loads.endToEnd(100)));
        cases.add(new Case.Load("consume-2gib", BOTH, Loads.consume()));
        cases.add(raw("raw-64kib-12-partitions", BOTH, new Shape(12, 4, 12, 62, 1024)));
        cases.add(raw("active-partitions-10", ALONE, new Shape(64, 2, 10, 16, 1024)));
        cases.add(raw("active-partitions-1000", ALONE, new Shape(64, 2, 1000, 16, 1024)));
        cases.add(raw("connections-5", ALONE, new Shape(5, 4, 12, 16, 1024)));
        cases.add(raw("connections-500", ALONE, new Shape(500, 4, 12, 16, 1024)));
        cases.add(new Case.Lifecycle("start-stop", BOTH, 5, Lifecycles::startAndStop));
        cases.add(new Case.Lifecycle("first-start", ALONE, 3, Lifecycles::firstStart));
        cases.add(new Case.Lifecycle("idle", BOTH, 1, Lifecycles::idle));
        cases.add(new Case.Lifecycle("partitions-10000", ALONE, 3, ManyPartitions.oneTopic(MANY_PARTITIONS)));
        cases.add(new Case.Lifecycle("partitions-1000", BOTH, 1, ManyPartitions.oneTopic(1000)));
        cases.add(new Case.Lifecycle("topics-1000", BOTH, 2, ManyPartitions.topics(1000)));
        cases.add(new Case.Lifecycle("idle-partitions", ALONE, 1, ManyPartitions.idle(2000)));
        cases.add(new Case.Lifecycle("recovery-10gib", ALONE, 2, Recoveries.ofGib(10)));
        cases.add(new Case.Lifecycle("recovery-1gib", BOTH, 2, Recoveries.ofGib(1)));
        clusters(cases, quietMinutes);
        return cases;
    }

    /// Three nodes, three replicas, acks=all.
    private static void clusters(List<Case> cases, int quietMinutes) {
        for (int batchKib : new int[] {16, 64}) {
            for (int partitions : new int[] {1, 12}) {
                if (batchKib == 16 && partitions == 1) continue;
                clusterLoad(
                        cases,
                        produce(1024, batchKib, partitions),
                        Loads.produce(1024, batchKib << 10, partitions, Clusters.NODES));
            }
        }
        clusterLoad(cases, "latency-1000-per-second", Loads.latency(1000, 1024, 1, Clusters.NODES));
        cases.add(new Case.Lifecycle("cluster-create-5000-topics", BOTH, 1, Clusters.createTopics(5_000)));
        cases.add(new Case.Lifecycle("cluster-idle", BOTH, 1, Clusters.idle()));
        cases.add(new Case.Lifecycle("cluster-quiet", ALONE, 1, Quiet.under(quietMinutes)));
        cases.add(new Case.Lifecycle("metadata-1000000-partitions", ALONE, 3, MetadataSize::measure));
        failover(cases, "kill-leader", Victim.LEADER, Fault.KILL);
        failover(cases, "kill-leader-and-controller", Victim.LEADER_AND_CONTROLLER, Fault.KILL);
        failover(cases, "kill-follower", Victim.FOLLOWER, Fault.KILL);
        failover(cases, "suspend-leader", Victim.LEADER, Fault.SUSPEND);
        failover(cases, "cut-leader-from-nodes", Victim.LEADER, Fault.CUT_FROM_NODES);
        failover(cases, "cut-leader-from-all", Victim.LEADER, Fault.CUT_FROM_ALL);
        failover(cases, "restart-leader", Victim.LEADER, Fault.RESTART);
    }

    private static void clusterLoad(List<Case> cases, String name, Case.LoadRun load) {
        cases.add(new Case.Load("cluster-" + name, BOTH, Clusters.NODES, load));
    }

    private static void failover(List<Case> cases, String what, Victim victim, Fault fault) {
        cases.add(new Case.Series("failover-" + what, BOTH, Failovers.of(victim, fault)));
    }

    static String produce(int recordBytes, int batchKib, int partitions) {
        return "produce-" + recordBytes + "b-" + batchKib + "kib-" + partitions + "p";
    }

    static String sync(int connections, int partitions) {
        return "sync-" + connections + "-on-" + partitions;
    }

    private static Case raw(String name, List<String> brokers, Shape shape) {
        return new Case.Load(name, brokers, Loads.raw(shape));
    }
}
