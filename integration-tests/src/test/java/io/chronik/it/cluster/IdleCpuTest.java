package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IdleCpuTest extends ClusterTestBase {
    private static final int SECONDS = 20;

    /// What idles runs a few times a second, so it takes this long until it is compiled.
    private static final int WARM_UP_SECONDS = 45;

    /// The JIT is held back in tests, so twice the promise of 1.5 %.
    private static final double LIMIT_PERCENT = 3.0;

    @Test
    void idleNodesUseLittle() {
        cluster.createTopic("idle", 12, 3);
        Pace.park(WARM_UP_SECONDS * 1_000_000_000L);
        Map<Integer, Double> before = used();
        Pace.park(SECONDS * 1_000_000_000L);
        Map<Integer, Double> percent = new TreeMap<>();
        used().forEach((id, seconds) -> percent.put(id, (seconds - before.getOrDefault(id, 0.0)) * 100 / SECONDS));
        System.out.println("cluster: idle nodes use of a core, in percent: " + percent);
        assertThat(percent.values()).allMatch(used -> used < LIMIT_PERCENT);
    }

    private Map<Integer, Double> used() {
        Map<Integer, Double> used = new TreeMap<>();
        cluster.ids().forEach(id -> used.put(id, cluster.node(id).cpuSeconds()));
        return used;
    }
}
