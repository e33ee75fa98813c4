package io.chronik.log;

/// A read of bytes that fail their checksum although they were durable once.
public final class LogDamaged extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogDamaged(String message) {
        super(message);
    }
}
