package io.chronik.log;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// What was known of a log's producers at some earlier ends of it: the last few checkpoints. A truncation to behind one
/// of them has to read the log from there only. Owned by the log's lane.
final class EarlierProducers {
    private static final int KEPT = 4;
    private static final ProducerSnapshot OF_NOTHING = new ProducerSnapshot(0, List.of());

    /// Ascending by offset.
    private final Deque<ProducerSnapshot> snapshots = new ArrayDeque<>();

    void add(ProducerSnapshot snapshot) {
        if (!snapshots.isEmpty() && snapshots.getLast().offset() >= snapshot.offset()) return;
        snapshots.addLast(snapshot);
        if (snapshots.size() > KEPT) snapshots.removeFirst();
    }

    /// The newest not above `endOffset`, where the log ends now; those above are void.
    ProducerSnapshot upTo(long endOffset) {
        while (!snapshots.isEmpty() && snapshots.getLast().offset() > endOffset) snapshots.removeLast();
        return snapshots.isEmpty() ? OF_NOTHING : snapshots.getLast();
    }

    void clear() {
        snapshots.clear();
    }
}
