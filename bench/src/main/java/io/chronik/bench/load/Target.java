package io.chronik.bench.load;

import java.util.OptionalLong;

/// A broker under load: where it listens and, when it runs on this machine and its process is known, which it is.
public record Target(String bootstrap, OptionalLong pid) {
    /// So far.
    CpuSeconds cpu() {
        return pid.isPresent() ? CpuSeconds.now(pid.getAsLong()) : CpuSeconds.UNKNOWN;
    }
}
