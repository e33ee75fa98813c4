package io.chronik.metadata;

/// Bytes of the metadata log or a snapshot that are not a command this version knows. Not skipped: a node that left
/// out a change would differ from the others for ever.
public final class MalformedCommand extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedCommand(String message) {
        super(message);
    }

    MalformedCommand(String message, Throwable cause) {
        super(message, cause);
    }
}
