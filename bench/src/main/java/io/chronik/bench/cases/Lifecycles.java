package io.chronik.bench.cases;

import static io.chronik.bench.cases.FirstContact.awaitMetadata;
import static io.chronik.bench.cases.FirstContact.pause;
import static io.chronik.bench.cases.FirstContact.targetOf;
import static io.chronik.bench.cases.FirstContact.use;

import io.chronik.bench.broker.BrokerProcess;
import io.chronik.bench.broker.ChronikRecipe;
import io.chronik.bench.broker.Distribution;
import io.chronik.bench.broker.ProcessFigures;
import io.chronik.bench.broker.Recipe;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Metric;
import io.chronik.bench.load.Topics;
import java.nio.file.Path;

/// Start, idle, stop. Each run has a broker of its own.
final class Lifecycles {
    static final String START_SECONDS = "startSeconds";
    static final String STOP_SECONDS = "stopSeconds";

    private Lifecycles() {}

    /// From the launch of the process to the first answer to a Metadata request; then a clean stop.
    static Measured startAndStop(Recipe recipe, Path work) {
        try (BrokerProcess broker = BrokerProcess.start(recipe, work)) {
            double start = awaitMetadata(broker);
            return Measured.of(START_SECONDS, start).with(STOP_SECONDS, broker.stop());
        }
    }

    /// The same with a distribution that was unpacked just now and never started. Chronik only.
    static Measured firstStart(Recipe recipe, Path work) {
        Distribution unpacked = Distribution.unpack(Distribution.tarball(), work);
        try {
            Measured measured = startAndStop(new ChronikRecipe(unpacked.launcher()), work);
            Topics.await(unpacked::hasClassArchive);
            return measured;
        } finally {
            unpacked.delete();
        }
    }

    /// Memory, threads and CPU of a broker that nobody uses, after a topic was created and used.
    static Measured idle(Recipe recipe, Path work) {
        try (BrokerProcess broker = BrokerProcess.start(recipe, work)) {
            awaitMetadata(broker);
            use(targetOf(broker), 10);
            pause(10);
            ProcessFigures before = broker.figures();
            pause(30);
            ProcessFigures after = broker.figures();
            return Measured.of(Metric.RESIDENT_MB, after.residentBytes() / 1e6)
                    .with(Metric.THREADS, after.threads())
                    .with(Metric.CPU_PERCENT, 100 * (after.cpuSeconds() - before.cpuSeconds()) / 30);
        }
    }
}
