package io.chronik.log;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Indexes of sealed segments in memory, bounded in bytes for a whole log directory; those not used for longest go
/// first. Any thread.
final class IndexCache {
    private final long limitBytes;
    private final Map<Segment, SegmentIndex> indexes = new LinkedHashMap<>(16, 0.75f, true);
    private long sizeBytes;

    IndexCache(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    synchronized Optional<SegmentIndex> find(Segment segment) {
        return Optional.ofNullable(indexes.get(segment));
    }

    synchronized void put(Segment segment, SegmentIndex index) {
        SegmentIndex replaced = indexes.put(segment, index);
        sizeBytes += index.sizeBytes() - (replaced == null ? 0 : replaced.sizeBytes());
        var eldest = indexes.entrySet().iterator();
        while (sizeBytes > limitBytes && eldest.hasNext()) {
            sizeBytes -= eldest.next().getValue().sizeBytes();
            eldest.remove();
        }
    }

    synchronized void remove(Segment segment) {
        SegmentIndex removed = indexes.remove(segment);
        if (removed != null) sizeBytes -= removed.sizeBytes();
    }
}
