package io.chronik.bench.load;

/// Names of figures, as they stand in result files.
public final class Metric {
    public static final String RECORDS_PER_SECOND = "recordsPerSecond";
    public static final String MIB_PER_SECOND = "mibPerSecond";
    public static final String CPU_PER_GIB = "brokerCpuSecondsPerGib";
    public static final String CPU_PER_MILLION = "brokerCpuSecondsPerMillionRecords";
    public static final String MACHINE_CPU_PER_GIB = "machineCpuSecondsPerGib";
    public static final String MACHINE_CPU_PER_MILLION = "machineCpuSecondsPerMillionRecords";
    public static final String CPU_SECONDS = "brokerCpuSeconds";
    public static final String SECONDS = "seconds";
    public static final String P50_MS = "p50Ms";
    public static final String P99_MS = "p99Ms";
    public static final String P999_MS = "p999Ms";
    public static final String UNAVAILABLE_MS = "unavailableMs";
    public static final String UNAVAILABLE_ON_RETURN_MS = "unavailableOnReturnMs";
    public static final String BACK_IN_SYNC_SECONDS = "backInSyncSeconds";
    public static final String RESIDENT_MB = "residentMb";
    public static final String THREADS = "threads";
    public static final String CPU_PERCENT = "cpuPercentOfACore";

    private Metric() {}
}
