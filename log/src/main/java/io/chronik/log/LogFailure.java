package io.chronik.log;

/// The disk refused, or holds other bytes than were written. Nothing that was not durable before may be
/// acknowledged; after a failed sync the process stops.
public class LogFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// True when the medium is full: appends fail, reads go on, and space may come back.
    private final boolean diskFull;

    public LogFailure(String message, Throwable cause, boolean diskFull) {
        super(message, cause);
        this.diskFull = diskFull;
    }

    static LogFailure of(String what, Exception cause) {
        return new LogFailure(what + ": " + cause.getMessage(), cause, isDiskFull(cause));
    }

    static boolean isDiskFull(Exception cause) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("No space left on device") || message.contains("Disk quota exceeded");
    }

    public boolean diskFull() {
        return diskFull;
    }
}
