package io.chronik.coordinators;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/// Which partitions of `__consumer_offsets` are in memory here, which are being loaded, and who waits for one. Any
/// thread.
///
/// The library takes whatever load of a partition ends for the one that it waits for. When this node leads, leads no
/// more and leads again while the log is read, that is the first one's, and the groups are served before they are read.
/// So each load has a ticket, and who ends one that was given up since is not heard. The events of a partition run in
/// the order in which they were given: what gives one, and what ends a load, does so in here.
final class LoadedPartitions {
    private static final long NONE = -1;

    private final Map<Integer, CompletableFuture<Void>> loads = new HashMap<>();

    /// Tickets of loads that the library was asked for and has not begun yet, the oldest first.
    private final Map<Integer, Queue<Long>> asked = new HashMap<>();

    /// Tickets of the loads that count.
    private final Map<Integer, Long> wanted = new HashMap<>();

    private long lastTicket;

    // ---- Loads ----

    /// `load` asks the library for a load of a partition that it does not have.
    synchronized void ask(int partition, Runnable load) {
        long ticket = ++lastTicket;
        wanted.put(partition, ticket);
        asked.computeIfAbsent(partition, _ -> new ArrayDeque<>()).add(ticket);
        load.run();
    }

    /// `unload` tells the library that nobody wants the partition any more.
    synchronized void giveUp(int partition, Runnable unload) {
        wanted.remove(partition);
        unload.run();
    }

    /// The library begins the load that it was asked for first, or loads by itself what it has, as after a failed
    /// append. The answer is the load's ticket.
    synchronized long begin(int partition) {
        Queue<Long> tickets = asked.get(partition);
        Long ticket = tickets == null ? null : tickets.poll();
        return ticket == null ? wanted.getOrDefault(partition, NONE) : ticket;
    }

    /// `tell` tells the library how the load has ended, unless that was given up.
    synchronized void end(int partition, long ticket, Runnable tell) {
        if (ticket != NONE && wanted.getOrDefault(partition, NONE) == ticket) tell.run();
    }

    // ---- Partitions ----

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
