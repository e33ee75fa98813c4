package io.chronik.server.metadata;

/// The data directory is not one that this node may use. The message is one line for the operator and says what to
/// do; nothing on disk was changed.
public final class DataDirectoryRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DataDirectoryRefused(String message) {
        super(message);
    }

    DataDirectoryRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
