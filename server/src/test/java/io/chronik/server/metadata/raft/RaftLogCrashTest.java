package io.chronik.server.metadata.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RaftLogCrashTest {
    private static final long FIRST_SEED = Long.getLong("crash.seed", 0);
    private static final int SEEDS = Integer.getInteger("crash.seeds", 2_000);

    @Test
    void whatWasToldIsThereAfterEveryCrash() throws Exception {
        int crashes = 0;
        int restarts = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RaftLogCrash run = new RaftLogCrash(seed);
            try {
                run.run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": -Dcrash.seed=" + seed + " -Dcrash.seeds=1", e);
            }
            crashes += run.crashes;
            restarts += run.fullTruncations;
        }
        assertThat(crashes).as("crashes").isGreaterThan(SEEDS);
        assertThat(restarts).as("snapshots that took the log's place").isGreaterThan(SEEDS / 10);
    }
}
