package io.chronik.it.crash;

import io.chronik.it.crash.History.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All partitions from start to end as a last reader found them, when nobody wrote any more.
final class FinalLog {
    private final Map<Integer, List<Seen>> records = new HashMap<>();
    private final Map<Integer, Map<Long, Integer>> indexByOffset = new HashMap<>();
    private final Map<Long, Seen> firstById = new HashMap<>();

    FinalLog(List<Seen> inOrder) {
        for (Seen seen : inOrder) {
            List<Seen> partition = records.computeIfAbsent(seen.partition(), p -> new ArrayList<>());
            indexByOffset
                    .computeIfAbsent(seen.partition(), p -> new HashMap<>())
                    .put(seen.offset(), partition.size());
            partition.add(seen);
            firstById.putIfAbsent(seen.id(), seen);
        }
    }

    Map<Integer, List<Seen>> partitions() {
        return records;
    }

    List<Seen> partition(int partition) {
        return records.getOrDefault(partition, List.of());
    }

    /// Position among the partition's records, or -1.
    int indexOf(int partition, long offset) {
        return indexByOffset.getOrDefault(partition, Map.of()).getOrDefault(offset, -1);
    }

    @Nullable
    Seen at(int partition, long offset) {
        int index = indexOf(partition, offset);
        return index < 0 ? null : partition(partition).get(index);
    }

    @Nullable
    Seen first(long id) {
        return firstById.get(id);
    }
}
