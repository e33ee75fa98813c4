package io.chronik.it.crash;

import io.chronik.it.crash.HistoryChecker.Anomaly;
import io.chronik.it.crash.ReplicaLog.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Compares what the disks of all replicas hold in the end. Topics have no retention and are not compacted.
final class ReplicaChecker {
    private final List<Anomaly> found = new ArrayList<>();

    private ReplicaChecker() {}

    /// `ends` gives the high watermark of each partition, exclusive.
    static List<Anomaly> check(List<ReplicaLog> replicas, Map<Integer, Long> ends) {
        ReplicaChecker checker = new ReplicaChecker();
        Map<Integer, List<ReplicaLog>> byPartition = new TreeMap<>();
        replicas.forEach(replica -> byPartition
                .computeIfAbsent(replica.partition(), p -> new ArrayList<>())
                .add(replica));
        byPartition.forEach((partition, copies) -> {
            copies.forEach(checker::epochsGrow);
            ReplicaLog first = copies.getFirst();
            for (ReplicaLog other : copies.subList(1, copies.size())) {
                checker.same(first, other, ends.getOrDefault(partition, 0L));
            }
        });
        return checker.found;
    }

    /// C17: along one log epochs never fall.
    private void epochsGrow(ReplicaLog replica) {
        int last = -1;
        for (Batch batch : replica.batches()) {
            if (batch.epoch() < last) {
                report(
                        "C17",
                        name(replica) + " has epoch " + batch.epoch() + " after epoch " + last + " at "
                                + batch.baseOffset());
                return;
            }
            last = batch.epoch();
        }
    }

    /// C16: below the high watermark both have the same batches, so each epoch begins at the same offset too.
    private void same(ReplicaLog first, ReplicaLog other, long end) {
        List<Batch> expected = below(first, end);
        List<Batch> there = below(other, end);
        for (int i = 0; i < Math.min(expected.size(), there.size()); i++) {
            if (!expected.get(i).equals(there.get(i))) {
                report(
                        "C16",
                        name(first) + " has " + expected.get(i) + " where " + name(other) + " has " + there.get(i));
                return;
            }
        }
        if (expected.size() != there.size()) {
            report(
                    "C16",
                    name(first) + " ends at " + endOf(expected) + " and " + name(other) + " at " + endOf(there)
                            + ", below the high watermark " + end);
        } else if (endOf(expected) < end) {
            report("C16", name(first) + " and " + name(other) + " end at " + endOf(expected) + ", below " + end);
        }
    }

    private static List<Batch> below(ReplicaLog replica, long end) {
        return replica.batches().stream()
                .filter(batch -> batch.baseOffset() < end)
                .toList();
    }

    private static long endOf(List<Batch> batches) {
        return batches.isEmpty() ? 0 : batches.getLast().lastOffset() + 1;
    }

    private static String name(ReplicaLog replica) {
        return "partition " + replica.partition() + " on node " + replica.node();
    }

    private void report(String check, String what) {
        found.add(new Anomaly(check, what));
    }
}
