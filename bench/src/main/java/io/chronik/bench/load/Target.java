package io.chronik.bench.load;

import java.util.List;

/// Brokers under load: where they listen and, when they run on this machine and their processes are known, which those
/// are.
public record Target(String bootstrap, List<Long> pids) {
    public Target {
        pids = List.copyOf(pids);
    }

    /// So far.
    CpuSeconds cpu() {
        return pids.isEmpty() ? CpuSeconds.UNKNOWN : CpuSeconds.now(pids);
    }
}
