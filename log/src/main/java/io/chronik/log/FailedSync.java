package io.chronik.log;

import java.io.IOException;

/// A sync failed. What it was to make durable may be lost for good, and a later sync would not tell: whoever asked for
/// it, the process ends.
final class FailedSync extends IOException {
    private static final long serialVersionUID = 1L;

    /// One call that makes something durable, and nothing else.
    @FunctionalInterface
    interface Sync {
        void run() throws IOException;
    }

    private FailedSync(IOException cause) {
        super(cause.getMessage(), cause);
    }

    static void check(Sync sync) throws IOException {
        try {
            sync.run();
        } catch (FailedSync failed) {
            throw failed;
        } catch (IOException e) {
            throw new FailedSync(e);
        }
    }
}
