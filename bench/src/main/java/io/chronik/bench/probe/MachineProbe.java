package io.chronik.bench.probe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What this disk, its page cache and loopback can do: the bounds of everything that a node can promise here.
public final class MachineProbe {
    private MachineProbe() {}

    public static List<Limit> run(Path work) throws IOException {
        List<Limit> limits = new ArrayList<>();
        try (DiskProbe disk = new DiskProbe(work)) {
            limits.addAll(disk.run());
        }
        limits.addAll(PageCacheProbe.run(work));
        limits.addAll(new LoopbackProbe(work).run());
        return limits;
    }

    /// For result files: `<key>.<figure>` to its value.
    public static Map<String, Double> flat(List<Limit> limits) {
        Map<String, Double> flat = new TreeMap<>();
        for (Limit limit : limits)
            limit.figures().forEach((figure, value) -> flat.put(limit.key() + "." + figure, value));
        return flat;
    }
}
