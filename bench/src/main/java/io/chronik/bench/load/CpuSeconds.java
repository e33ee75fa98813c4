package io.chronik.bench.load;

import io.chronik.bench.broker.MachineFigures;
import io.chronik.bench.broker.ProcessFigures;

/// CPU seconds used so far, or between two moments: by the broker's process, and by the whole machine less this JVM, in
/// which the clients run. The second also has what kernel threads do for the broker (write-back after a syncfs), and
/// whatever else runs on the machine. NaN when the broker's process is not known.
public record CpuSeconds(double broker, double machine) {
    static final CpuSeconds UNKNOWN = new CpuSeconds(Double.NaN, Double.NaN);

    static CpuSeconds now(long brokerPid) {
        double clients = ProcessFigures.of(ProcessHandle.current().pid()).cpuSeconds();
        return new CpuSeconds(
                ProcessFigures.of(brokerPid).cpuSeconds(), MachineFigures.now().busyCpuSeconds() - clients);
    }

    CpuSeconds minus(CpuSeconds earlier) {
        return new CpuSeconds(broker - earlier.broker, machine - earlier.machine);
    }
}
