package io.chronik.it.crash;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Everything that the clients of one run asked and were told. Any thread may add; it is read when they are done.
/// Times are `System.nanoTime()`, one clock for all clients of the run.
final class History {
    /// How a session's sends may turn up in the log.
    enum Kind {
        /// Once at most, in order.
        IDEMPOTENT,
        /// Once at most, in order: one attempt per record, one in flight.
        SINGLE_ATTEMPT,
        /// A retry may append it again; first appearances are in order.
        RETRYING
    }

    /// One record on its way. Pending until [#end] has been called.
    static final class Send {
        final long id;
        final int partition;
        final long invokeNs;
        private volatile long endNs = Long.MAX_VALUE;
        private volatile Outcome outcome = new Outcome.Info("pending");

        Send(long id, int partition, long invokeNs) {
            this.id = id;
            this.partition = partition;
            this.invokeNs = invokeNs;
        }

        void end(Outcome told, long nowNs) {
            endNs = nowNs;
            outcome = told;
        }

        Outcome outcome() {
            return outcome;
        }

        long endNs() {
            return endNs;
        }

        /// The acknowledged offset, or -1.
        long ackedOffset() {
            return outcome instanceof Outcome.Ok(long offset) ? offset : -1;
        }
    }

    /// A record that somebody saw in a partition.
    record Seen(int partition, long offset, long id) {}

    /// What one consumer read between two assignments or seeks, in order.
    record Reading(String consumer, List<Seen> seen) {}

    /// A commit of `offset`; `endNs` is Long.MAX_VALUE when it was never acknowledged.
    record Commit(String group, int partition, long offset, long invokeNs, long endNs) {}

    /// What OffsetFetch said; -1 is nothing committed.
    record CommittedSample(String group, int partition, long offset, long invokeNs, long endNs) {}

    /// What ListOffsets said.
    record EndSample(int partition, long startOffset, long endOffset, long invokeNs) {}

    private final AtomicInteger sessions = new AtomicInteger();
    private final Map<Integer, Kind> kinds = new ConcurrentHashMap<>();
    private final Map<Long, Send> sends = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Send> acked = new ConcurrentLinkedQueue<>();
    private long ackedCount;
    private final ConcurrentLinkedQueue<Reading> readings = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Commit> commits = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<CommittedSample> committedSamples = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<EndSample> endSamples = new ConcurrentLinkedQueue<>();

    int newSession(Kind kind) {
        int session = sessions.incrementAndGet();
        kinds.put(session, kind);
        return session;
    }

    Send invoke(long id, int partition, long nowNs) {
        Send send = new Send(id, partition, nowNs);
        sends.put(id, send);
        return send;
    }

    /// Ends a send, and remembers it for [#drainAcked] when it was acknowledged.
    void end(Send send, Outcome told) {
        send.end(told, System.nanoTime());
        if (send.ackedOffset() >= 0) {
            acked.add(send);
        }
    }

    /// The sends that were acknowledged since this was asked last.
    List<Send> drainAcked() {
        List<Send> drained = new ArrayList<>();
        for (Send send = acked.poll(); send != null; send = acked.poll()) {
            drained.add(send);
            ackedCount++;
        }
        return drained;
    }

    /// How many sends [#drainAcked] has returned.
    long drainedCount() {
        return ackedCount;
    }

    /// The partitions of sends that were acknowledged after `fromNs` and that [#drainAcked] has not returned.
    Set<Integer> ackedSince(long fromNs) {
        Set<Integer> since = new HashSet<>();
        for (Send send : acked) {
            if (send.endNs() > fromNs) {
                since.add(send.partition);
            }
        }
        return since;
    }

    boolean hasAcked() {
        return !acked.isEmpty();
    }

    void add(Reading reading) {
        readings.add(reading);
    }

    void add(Commit commit) {
        commits.add(commit);
    }

    void add(CommittedSample sample) {
        committedSamples.add(sample);
    }

    void add(EndSample sample) {
        endSamples.add(sample);
    }

    Kind kind(long id) {
        return kinds.getOrDefault(Payload.session(id), Kind.RETRYING);
    }

    @Nullable
    Send send(long id) {
        return sends.get(id);
    }

    Iterable<Send> sends() {
        return sends.values();
    }

    Iterable<Reading> readings() {
        return readings;
    }

    Iterable<Commit> commits() {
        return commits;
    }

    Iterable<CommittedSample> committedSamples() {
        return committedSamples;
    }

    Iterable<EndSample> endSamples() {
        return endSamples;
    }
}
