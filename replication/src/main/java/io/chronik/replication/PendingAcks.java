package io.chronik.replication;

import java.util.ArrayDeque;
import java.util.Iterator;

/// Replies that wait for an offset, in offset order. Owned by its partition's lane.
final class PendingAcks {
    private record Waiting(long endOffset, long deadlineMs, AppendOutcome.Committed outcome, AppendReply reply) {}

    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();

    /// Releases `reply` with `outcome` once everything below `endOffset` (exclusive) counts. A duplicate may ask for
    /// less than the tail already does; it then waits for the tail, which is late but never early.
    void add(long endOffset, long deadlineMs, AppendOutcome.Committed outcome, AppendReply reply) {
        Waiting last = queue.peekLast();
        long waitFor = last == null ? endOffset : Math.max(endOffset, last.endOffset);
        queue.add(new Waiting(waitFor, deadlineMs, outcome, reply));
    }

    void completeUpTo(long offset) {
        for (Waiting next = queue.peek(); next != null && next.endOffset <= offset; next = queue.peek()) {
            queue.remove();
            next.reply.on(next.outcome);
        }
    }

    /// Ends the waits that are over. The records stay in the log.
    void expire(long nowMs, AppendOutcome outcome) {
        for (Iterator<Waiting> waits = queue.iterator(); waits.hasNext(); ) {
            Waiting waiting = waits.next();
            if (waiting.deadlineMs > nowMs) continue;
            waits.remove();
            waiting.reply.on(outcome);
        }
    }

    /// None of these will be confirmed here; whether their records survive is not known.
    void failAll(AppendOutcome outcome) {
        while (!queue.isEmpty()) {
            Waiting next = queue.remove();
            next.reply.on(outcome);
        }
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }
}
