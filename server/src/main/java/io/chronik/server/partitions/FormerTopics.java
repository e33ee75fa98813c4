package io.chronik.server.partitions;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/// Names of topics that were deleted while this process ran, the latest ones. A topic of such a name gets the former
/// one's producers. Any thread.
final class FormerTopics {
    private static final int MOST = 10_000;

    private final SequencedSet<String> names = new LinkedHashSet<>();

    synchronized void add(String name) {
        names.addLast(name);
        if (names.size() > MOST) names.removeFirst();
    }

    synchronized boolean contains(String name) {
        return names.contains(name);
    }
}
