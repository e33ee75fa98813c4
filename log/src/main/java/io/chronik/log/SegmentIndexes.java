package io.chronik.log;

import io.chronik.log.SegmentIndex.Seal;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the index of any segment of one log: the growing one has it, others come from the cache, from their files,
/// or are rebuilt from the segment. Any thread.
final class SegmentIndexes {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentIndexes.class);

    private final IndexCache cache;
    private final IndexFiles files;
    private final Damage damage;
    private volatile int indexIntervalBytes;

    SegmentIndexes(IndexCache cache, IndexFiles files, Damage damage, int indexIntervalBytes) {
        this.cache = cache;
        this.files = files;
        this.damage = damage;
        this.indexIntervalBytes = indexIntervalBytes;
    }

    void configure(int newIndexIntervalBytes) {
        indexIntervalBytes = newIndexIntervalBytes;
    }

    IndexFiles files() {
        return files;
    }

    SegmentIndex of(Segment segment) throws IOException {
        SegmentIndex growing = segment.index();
        if (growing != null) return growing;
        Optional<SegmentIndex> cached = cache.find(segment);
        if (cached.isPresent()) return cached.get();
        SegmentIndex loaded = load(segment);
        cache.put(segment, loaded);
        return loaded;
    }

    void onSealed(Segment segment, SegmentIndex complete) {
        cache.put(segment, complete);
    }

    void onRemoved(Segment segment) {
        cache.remove(segment);
    }

    private SegmentIndex load(Segment segment) throws IOException {
        Seal seal = segment.indexSeal();
        if (seal != null) {
            Optional<SegmentIndex> stored = files.read(segment.baseOffset(), seal);
            if (stored.isPresent()) return stored.get();
        }
        SegmentIndex rebuilt = rebuild(segment, segment.sizeBytes());
        LOG.atInfo()
                .addKeyValue("segment", segment.file().path())
                .addKeyValue("entries", rebuilt.offsets().count())
                .log("index rebuilt");
        keep(segment, rebuilt);
        return rebuilt;
    }

    private void keep(Segment segment, SegmentIndex rebuilt) {
        Seal seal = rebuilt.seal();
        segment.onIndexRebuilt(seal);
        try {
            files.write(segment.baseOffset(), rebuilt, seal);
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("segment", segment.file().path())
                    .setCause(e)
                    .log("index not written");
        }
    }

    /// From the headers of the batches before `end`.
    SegmentIndex rebuild(Segment segment, int end) throws IOException {
        Segment copy = new Segment(segment.baseOffset(), segment.file(), 0);
        SegmentIndex index = new SegmentIndex(segment.baseOffset());
        copy.open(index);
        replay(segment, copy, end);
        if (end == segment.sizeBytes() && !segment.isOpen()) copy.seal();
        return index;
    }

    /// Counts the batches of `source` before `end` in `target`, an empty segment over the same file.
    void replay(Segment source, Segment target, int end) throws IOException {
        try (SegmentReader reader = new SegmentReader(source, end, damage.ranges())) {
            int position = reader.behindDamage(0);
            while (position < end) {
                target.onAppended(reader.window(), reader.at(position), position, indexIntervalBytes);
                position = reader.behindDamage(position + reader.sizeAt(position));
            }
        }
    }
}
