package io.chronik.replication;

import java.util.Optional;

/// What an append waits for (Produce `acks`).
public enum Acks {
    /// Nothing; there is no reply.
    NONE(0),
    /// Durable on the leader.
    LEADER(1),
    /// Durable on every in-sync replica: below the high watermark.
    ALL(-1);

    private final int wire;

    Acks(int wire) {
        this.wire = wire;
    }

    public static Optional<Acks> of(short wire) {
        return switch (wire) {
            case 0 -> Optional.of(NONE);
            case 1 -> Optional.of(LEADER);
            case -1 -> Optional.of(ALL);
            default -> Optional.empty();
        };
    }

    public int wire() {
        return wire;
    }
}
