package io.chronik.log;

import org.junit.jupiter.api.Test;

class CrashSimulationTest {
    private static final int SEEDS = Integer.getInteger("chronik.log.seeds", 200);

    @Test
    void keepsEverythingDurableThroughCrashes() {
        for (int seed = 0; seed < SEEDS; seed++) new CrashSimulation(seed).run();
    }
}
