package io.chronik.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Many seeds, or the one of `-Dsim.seed`.
class ClusterSimulationTest {
    private static final int SEEDS = Integer.getInteger("sim.seeds", 3_000);
    private static final int MAX_REPORTED = 10;

    @Test
    void keepsItsPromisesUnderEverySeed() throws InterruptedException {
        // Given
        long first = Long.getLong("sim.seed", Long.getLong("sim.first", 0));
        long end = System.getProperty("sim.seed") == null ? first + SEEDS : first + 1;
        AtomicLong next = new AtomicLong(first);
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        AtomicLong acked = new AtomicLong();
        AtomicLong committedOffsets = new AtomicLong();

        // When
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
                    try {
                        Simulation.Result result = Simulation.run(seed);
                        acked.addAndGet(result.acked());
                        committedOffsets.addAndGet(result.committedOffsets());
                    } catch (AssertionError e) {
                        failures.add(e.getMessage());
                    }
                    if (failures.size() >= MAX_REPORTED) return;
                }
            }));
        }
        for (Thread thread : threads) thread.join();

        // Then
        assertThat(failures).isEmpty();
        assertThat(acked.get()).isGreaterThan(end - first);
        // One seed alone may have no groups.
        if (end - first > 100) assertThat(committedOffsets.get()).isGreaterThan(end - first);
    }
}
