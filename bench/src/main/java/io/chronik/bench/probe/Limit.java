package io.chronik.bench.probe;

import java.util.Map;

/// One thing that this machine was seen to do, with its figures by name (`p50Ms`, `mibPerSecond`, ...). `key` names it
/// in
/// result files, `what` on the console.
public record Limit(String key, String what, Map<String, Double> figures) {
    public static final String P50_MS = "p50Ms";
    public static final String P99_MS = "p99Ms";
    public static final String MIB_PER_SECOND = "mibPerSecond";
    public static final String PER_SECOND = "perSecond";
    public static final String CPU_PER_GIB = "cpuSecondsPerGib";

    public Limit {
        figures = Map.copyOf(figures);
    }
}
