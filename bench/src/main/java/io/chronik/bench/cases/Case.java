package io.chronik.bench.cases;

import io.chronik.bench.broker.Recipe;
import io.chronik.bench.load.Measured;
import io.chronik.bench.load.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// One thing that is measured, in the same way for every broker. `brokers` are the ones it makes sense for.
public sealed interface Case {
    String name();

    List<String> brokers();

    /// A load on a broker, or a cluster of `nodes`, that runs already. `seconds` is how long the measured part is meant
    /// to take.
    record Load(String name, List<String> brokers, int nodes, LoadRun run) implements Case {
        public Load {
            brokers = List.copyOf(brokers);
        }

        public Load(String name, List<String> brokers, LoadRun run) {
            this(name, brokers, 1, run);
        }
    }

    /// Something that starts brokers of its own: start, stop, recovery. `rounds` is how many are enough; it may take
    /// minutes each.
    record Lifecycle(String name, List<String> brokers, int rounds, LifecycleRun run) implements Case {
        public Lifecycle {
            brokers = List.copyOf(brokers);
        }
    }

    /// Something that happens again and again to a cluster of three nodes, which is started for it; each time is a run
    /// of its own in the results. How many times is the caller's choice.
    record Series(String name, List<String> brokers, SeriesRun run) implements Case {
        public Series {
            brokers = List.copyOf(brokers);
        }
    }

    /// See [Load].
    interface LoadRun {
        Measured on(Target target, double seconds);
    }

    /// See [Lifecycle]. `work` is where the broker's data goes.
    interface LifecycleRun {
        Measured of(Recipe recipe, Path work);
    }

    /// See [Series]. Each of the `times` figures goes to `seen` when it is there.
    interface SeriesRun {
        void of(Recipe recipe, Path work, int times, Consumer<Measured> seen);
    }
}
