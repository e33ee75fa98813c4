package io.chronik.coordinators;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Which partitions of `__consumer_offsets` are in memory here, and who waits for one. Any thread.
final class LoadedPartitions {
    private final Map<Integer, CompletableFuture<Void>> loads = new HashMap<>();

    synchronized void onUnloaded(int partition) {
        CompletableFuture<Void> load = loads.get(partition);
        if (load != null && load.isDone()) loads.remove(partition);
    }

    void onLoaded(int partition) {
        whenLoaded(partition).complete(null);
    }

    synchronized CompletableFuture<Void> whenLoaded(int partition) {
        return loads.computeIfAbsent(partition, p -> new CompletableFuture<>());
    }
}
