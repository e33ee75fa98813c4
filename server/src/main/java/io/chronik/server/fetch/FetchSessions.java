package io.chronik.server.fetch;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The sessions of this node, bounded: a new one takes the place of the one that was idle longest, if that has been for
/// a while; otherwise the client goes on without (KIP-227). Thread-safe by one short lock.
final class FetchSessions {
    static final int MAX_SESSIONS = 1_000;
    private static final long EVICTABLE_AFTER_MS = 120_000;

    private record Slot(FetchSession session, long lastUsedMs) {}

    /// In order of last use.
    private final Map<Integer, Slot> slots = new LinkedHashMap<>();
    private final RandomGenerator random;

    FetchSessions(RandomGenerator random) {
        this.random = random;
    }

    /// Empty when all slots are in use.
    synchronized Optional<FetchSession> create(boolean usesTopicIds, Collection<FetchTarget> targets, long nowMs) {
        if (slots.size() >= MAX_SESSIONS && !evictIdle(nowMs)) return Optional.empty();
        int id = freeId();
        FetchSession session = new FetchSession(id, usesTopicIds, targets);
        slots.put(id, new Slot(session, nowMs));
        return Optional.of(session);
    }

    private boolean evictIdle(long nowMs) {
        var oldest = slots.entrySet().iterator();
        if (nowMs - oldest.next().getValue().lastUsedMs < EVICTABLE_AFTER_MS) return false;
        oldest.remove();
        return true;
    }

    private int freeId() {
        int id = random.nextInt(1, Integer.MAX_VALUE);
        while (slots.containsKey(id)) id = random.nextInt(1, Integer.MAX_VALUE);
        return id;
    }

    synchronized Optional<FetchSession> use(int id, long nowMs) {
        Slot slot = slots.remove(id);
        if (slot == null) return Optional.empty();
        slots.put(id, new Slot(slot.session, nowMs));
        return Optional.of(slot.session);
    }

    synchronized void remove(int id) {
        slots.remove(id);
    }
}
