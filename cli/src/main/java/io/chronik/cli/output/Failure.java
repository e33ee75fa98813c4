package io.chronik.cli.output;

import org.jspecify.annotations.Nullable;

/// A command cannot do what it was asked. The message is the one line that the person reads: what is wrong and, where
/// it is not obvious, what to do. Exit code 1.
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Failure(String message) {
        super(message);
    }

    public Failure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
