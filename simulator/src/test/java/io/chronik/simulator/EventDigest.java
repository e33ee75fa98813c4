package io.chronik.simulator;

/// A hash over what has happened, in order: two runs of a seed are the same when it is.
final class EventDigest {
    private long hash = 0xCBF29CE484222325L;

    void add(String kind, long... values) {
        mix(kind.hashCode());
        for (long value : values) mix(value);
    }

    private void mix(long value) {
        hash = (hash ^ value) * 0x100000001B3L;
        hash ^= hash >>> 29;
    }

    String hex() {
        return "%016x".formatted(hash);
    }
}
