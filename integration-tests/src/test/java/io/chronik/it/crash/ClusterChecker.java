package io.chronik.it.crash;

import io.chronik.it.crash.ClusterHistory.Fault;
import io.chronik.it.crash.ClusterHistory.LeaderSample;
import io.chronik.it.crash.ClusterHistory.VoteSample;
import io.chronik.it.crash.History.Send;
import io.chronik.it.crash.HistoryChecker.Anomaly;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Who led and who voted for whom (C17), and that nothing stood still without a reason (C20).
final class ClusterChecker {
    /// How long after a fault a partition may still be unavailable.
    private final long healNs;

    private final History history;
    private final ClusterHistory cluster;
    private final List<Anomaly> found = new ArrayList<>();

    private ClusterChecker(History history, ClusterHistory cluster, long healNs) {
        this.history = history;
        this.cluster = cluster;
        this.healNs = healNs;
    }

    /// `startNs` to `stopNs` is when clients were sending all the time.
    static List<Anomaly> check(History history, ClusterHistory cluster, long startNs, long stopNs, long healNs) {
        ClusterChecker checker = new ClusterChecker(history, cluster, healNs);
        checker.leaders();
        checker.votes();
        checker.standstills(startNs, stopNs);
        return checker.found;
    }

    private void report(String check, String what) {
        found.add(new Anomaly(check, what));
    }

    /// C17: one leader per partition and epoch, whichever node is asked.
    private void leaders() {
        record Term(int partition, int epoch) {}
        Map<Term, LeaderSample> first = new HashMap<>();
        for (LeaderSample sample : cluster.leaders()) {
            if (sample.leader() < 0) {
                continue;
            }
            LeaderSample other = first.putIfAbsent(new Term(sample.partition(), sample.epoch()), sample);
            if (other != null && other.leader() != sample.leader()) {
                report("C17", "two leaders in one epoch: " + other + " and " + sample);
            }
        }
    }

    /// C17: one vote per voter and term, one leader per term.
    private void votes() {
        record Vote(int node, String directory, int epoch) {}
        Map<Vote, Integer> votes = new HashMap<>();
        Map<Integer, Integer> leaders = new HashMap<>();
        for (VoteSample sample : cluster.votes()) {
            Integer vote = sample.votedFor() < 0
                    ? null
                    : votes.putIfAbsent(new Vote(sample.node(), sample.directory(), sample.epoch()), sample.votedFor());
            if (vote != null && vote != sample.votedFor()) {
                report("C17", "node " + sample.node() + " voted for " + vote + " too: " + sample);
            }
            Integer leader = sample.leader() < 0 ? null : leaders.putIfAbsent(sample.epoch(), sample.leader());
            if (leader != null && leader != sample.leader()) {
                report("C17", "node " + leader + " led the quorum too: " + sample);
            }
        }
    }

    /// C20: between two acknowledgements of a partition there is no longer time than `healNs` without a fault.
    private void standstills(long startNs, long stopNs) {
        List<Fault> windows = windows();
        Map<Integer, List<Long>> acks = new TreeMap<>();
        for (Send send : history.sends()) {
            List<Long> ofPartition =
                    acks.computeIfAbsent(send.partition, p -> new ArrayList<>(List.of(startNs, stopNs)));
            if (send.ackedOffset() >= 0 && send.endNs() > startNs && send.endNs() < stopNs) {
                ofPartition.add(send.endNs());
            }
        }
        acks.forEach((partition, times) -> {
            times.sort(Comparator.naturalOrder());
            for (int i = 1; i < times.size(); i++) {
                long quietNs = outside(windows, times.get(i - 1), times.get(i));
                if (quietNs > healNs) {
                    report(
                            "C20",
                            "partition " + partition + " acknowledged nothing for " + quietNs / 1_000_000
                                    + " ms without a fault, " + (times.get(i - 1) - startNs) / 1_000_000
                                    + " ms after the start");
                }
            }
        });
    }

    /// The faults in the order of their beginnings, those that touch as one.
    private List<Fault> windows() {
        List<Fault> faults = new ArrayList<>();
        cluster.faults().forEach(faults::add);
        faults.sort(Comparator.comparingLong(Fault::startNs));
        List<Fault> merged = new ArrayList<>();
        for (Fault fault : faults) {
            Fault last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && fault.startNs() <= last.stopNs()) {
                merged.removeLast();
                merged.add(new Fault("", "", last.startNs(), Math.max(last.stopNs(), fault.stopNs())));
            } else {
                merged.add(fault);
            }
        }
        return merged;
    }

    /// How much of (from, to) lies in no fault, in one piece.
    private static long outside(List<Fault> windows, long fromNs, long toNs) {
        long longest = 0;
        long at = fromNs;
        for (Fault window : windows) {
            if (window.stopNs() <= at) {
                continue;
            }
            if (window.startNs() >= toNs) {
                break;
            }
            longest = Math.max(longest, window.startNs() - at);
            at = window.stopNs();
        }
        return Math.max(longest, toNs - at);
    }

    /// The longest time between two acknowledgements of any partition, faults or not: a figure, no promise.
    static long longestGapNs(History history) {
        Map<Integer, List<Long>> acks = new HashMap<>();
        for (Send send : history.sends()) {
            if (send.ackedOffset() >= 0) {
                acks.computeIfAbsent(send.partition, p -> new ArrayList<>()).add(send.endNs());
            }
        }
        long longest = 0;
        for (List<Long> times : acks.values()) {
            times.sort(Comparator.naturalOrder());
            for (int i = 1; i < times.size(); i++) {
                longest = Math.max(longest, times.get(i) - times.get(i - 1));
            }
        }
        return longest;
    }
}
