package io.chronik.cli.member;

import io.chronik.cli.output.Failure;
import io.chronik.cli.output.Output;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options about waiting for something that takes long, and the waiting with progress on standard error.
final class Waiting {
    private static final long POLL_MS = 500;

    /// How often a line is printed although nothing changes.
    private static final long REPEAT_MS = 10_000;

    @Option(
            names = "--wait",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Wait until it is done and show progress (default), or with --no-wait only ask for it.")
    private boolean wait;

    @Option(
            names = "--max-wait",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Give up waiting after this long; what was asked for goes on (default: 0, never).")
    private int maxSeconds;

    boolean isWanted() {
        return wait;
    }

    /// Asks `step` again and again until it says null: done. What it says else is shown as progress.
    void until(String what, Output output, Supplier<@Nullable String> step) {
        long startNs = System.nanoTime();
        long shownNs = startNs;
        String shown = "";
        while (true) {
            String progress = step.get();
            if (progress == null) {
                return;
            }
            long nowNs = System.nanoTime();
            if (!progress.equals(shown) || nowNs - shownNs > TimeUnit.MILLISECONDS.toNanos(REPEAT_MS)) {
                output.err().println(progress);
                output.err().flush();
                shown = progress;
                shownNs = nowNs;
            }
            if (maxSeconds > 0 && nowNs - startNs > TimeUnit.SECONDS.toNanos(maxSeconds)) {
                throw new Failure(what + " is not done after " + maxSeconds + " s: " + progress);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }
}
