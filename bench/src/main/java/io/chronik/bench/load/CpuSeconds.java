package io.chronik.bench.load;

import io.chronik.bench.broker.MachineFigures;
import io.chronik.bench.broker.ProcessFigures;
import java.util.List;

/// CPU seconds used so far, or between two moments: by the brokers' processes, and by the whole machine less this JVM,
/// in
/// which the clients run. The second also has what kernel threads do for the broker (write-back after a syncfs), and
/// whatever else runs on the machine. NaN when the brokers' processes are not known.
public record CpuSeconds(double broker, double machine) {
    static final CpuSeconds UNKNOWN = new CpuSeconds(Double.NaN, Double.NaN);

    static CpuSeconds now(List<Long> brokerPids) {
        double clients = ProcessFigures.of(ProcessHandle.current().pid()).cpuSeconds();
        double brokers = brokerPids.stream()
                .mapToDouble(pid -> ProcessFigures.of(pid).cpuSeconds())
                .sum();
        return new CpuSeconds(brokers, MachineFigures.now().busyCpuSeconds() - clients);
    }

    CpuSeconds minus(CpuSeconds earlier) {
        return new CpuSeconds(broker - earlier.broker, machine - earlier.machine);
    }
}
