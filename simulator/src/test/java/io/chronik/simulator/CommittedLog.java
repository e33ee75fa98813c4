package io.chronik.simulator;

import java.util.ArrayList;
import java.util.List;

/// What the leaders of a partition have declared committed, as a run of batches: it only grows.
final class CommittedLog {
    private final List<Batch> batches = new ArrayList<>();

    long endOffset() {
        return batches.isEmpty() ? 0 : batches.getLast().endOffset();
    }

    void add(Batch batch) {
        batches.add(batch);
    }

    List<Batch> all() {
        return batches;
    }

    /// Of the batch that begins at or above `offset`.
    int indexFrom(long offset) {
        int low = 0;
        int high = batches.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (batches.get(middle).baseOffset() < offset) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
