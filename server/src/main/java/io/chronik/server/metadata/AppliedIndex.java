package io.chronik.server.metadata;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.TimeoutException;

/// How far this node's image is, and who waits for it to be further. Advanced by the Raft thread, asked by any.
///
/// The monitor guards the queue; futures are completed outside of it.
public final class AppliedIndex {
    private record Waiting(long index, CompletableFuture<Void> done) {}

    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(Comparator.comparingLong(Waiting::index));
    private boolean closed;
    private volatile long index = -1;

    public long get() {
        return index;
    }

    /// Completes when the image has `wanted`.
    public CompletableFuture<Void> reached(long wanted) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (this) {
            if (!closed && index < wanted) {
                waiting.add(new Waiting(wanted, done));
                return done;
            }
        }
        if (index >= wanted) {
            done.complete(null);
        } else {
            done.completeExceptionally(stopping());
        }
        return done;
    }

    public void advance(long applied) {
        List<Waiting> due = new ArrayList<>();
        synchronized (this) {
            index = applied;
            while (!waiting.isEmpty() && waiting.peek().index() <= applied) due.add(waiting.remove());
        }
        due.forEach(one -> one.done().complete(null));
    }

    /// Nothing more will be applied.
    public void close() {
        List<Waiting> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(waiting);
            waiting.clear();
        }
        left.forEach(one -> one.done().completeExceptionally(stopping()));
    }

    private static TimeoutException stopping() {
        return new TimeoutException("the node stops before it has that metadata");
    }
}
