package io.chronik.it.crash;

import java.util.concurrent.ConcurrentLinkedQueue;

/// What was seen of the cluster itself during a run. Any thread may add; it is read when they are done.
final class ClusterHistory {
    /// A node said that `leader` leads the partition in `epoch`; -1 for nobody.
    record LeaderSample(int node, int partition, int leader, int epoch) {}

    /// What a node's disk said when the node was down. -1: it has voted for nobody, or knows no leader. A node that
    /// has lost its disk is another voter: `directory` tells.
    record VoteSample(int node, String directory, int epoch, int votedFor, int leader) {}

    /// A fault that was made, from its beginning until it was over.
    record Fault(String kind, String target, long startNs, long stopNs) {}

    private final ConcurrentLinkedQueue<LeaderSample> leaders = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<VoteSample> votes = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Fault> faults = new ConcurrentLinkedQueue<>();

    void add(LeaderSample sample) {
        leaders.add(sample);
    }

    void add(VoteSample sample) {
        votes.add(sample);
    }

    void add(Fault fault) {
        faults.add(fault);
    }

    Iterable<LeaderSample> leaders() {
        return leaders;
    }

    Iterable<VoteSample> votes() {
        return votes;
    }

    Iterable<Fault> faults() {
        return faults;
    }
}
