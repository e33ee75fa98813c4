package io.chronik.bench.load;

import io.chronik.bench.broker.ProcessFigures;
import java.util.OptionalLong;

/// A broker under load: where it listens and, when it runs on this machine and its process is known, which it is.
public record Target(String bootstrap, OptionalLong pid) {
    /// CPU seconds its process has used so far; NaN when the process is not known.
    public double cpuSeconds() {
        return pid.isPresent() ? ProcessFigures.of(pid.getAsLong()).cpuSeconds() : Double.NaN;
    }
}
