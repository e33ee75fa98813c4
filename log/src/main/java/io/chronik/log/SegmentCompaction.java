package io.chronik.log;

import io.chronik.log.Segment.Facts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the dirty part of some sealed segments for the newest offset of each key, then copies all of them, without
/// what is superseded, into fewer and smaller ones (`<base>.log.cleaned`, synced). Bounded memory: with more keys
/// than fit, it covers less of the log and the next pass goes on from there.
final class SegmentCompaction implements Compaction {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentCompaction.class);
    static final int MAX_KEYS = 1 << 20;
    private static final int WRITE_BYTES = 1 << 20;

    private final Disk disk;
    private final PartitionDirectory directory;
    private final List<Segment> sources;
    private final LogSettings settings;
    private final long firstDirtyOffset;
    private final KeyOffsets newest;
    private final CompactionFilter filter;
    private final List<Facts> outputs = new ArrayList<>();
    private long cleanEndOffset;

    /// Written by the thread that runs it, read by the lane afterwards.
    private volatile boolean finished;

    SegmentCompaction(
            Disk disk,
            PartitionDirectory directory,
            List<Segment> sources,
            LogSettings settings,
            long firstDirtyOffset,
            Map<Long, Long> lastOffsetOfProducer,
            long nowMs,
            int maxKeys) {
        this.disk = disk;
        this.directory = directory;
        this.sources = List.copyOf(sources);
        this.settings = settings;
        this.firstDirtyOffset = firstDirtyOffset;
        this.newest = new KeyOffsets(maxKeys);
        this.filter = new CompactionFilter(newest, lastOffsetOfProducer, nowMs, settings.deleteRetentionMs());
        this.cleanEndOffset = sources.getLast().nextOffset();
    }

    List<Segment> sources() {
        return sources;
    }

    /// What to put in their place; empty when it failed or has not run.
    Optional<CompactionSwap> result() {
        if (!finished) return Optional.empty();
        List<Long> bases = sources.stream().map(Segment::baseOffset).toList();
        return Optional.of(new CompactionSwap(bases, outputs, sources.getLast().nextOffset(), cleanEndOffset));
    }

    @Override
    public void run() {
        try {
            collectKeys();
            copy();
            finished = true;
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().addKeyValue("directory", directory.path()).setCause(e).log("compaction failed");
        }
    }

    /// Deletes what it wrote, which nobody wants any more.
    void discard() {
        try {
            for (Segment source : sources) disk.delete(CompactionSwap.cleaned(directory, source.baseOffset()));
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", directory.path()).setCause(e).log("compacted files not deleted");
        }
    }

    private interface BatchVisitor {
        /// False ends the walk.
        boolean visit(MutableRecordBatch batch) throws IOException;
    }

    private void collectKeys() throws IOException {
        for (Segment source : sources) {
            if (source.nextOffset() > firstDirtyOffset && !walk(source, this::collect)) return;
        }
    }

    private boolean collect(MutableRecordBatch batch) {
        if (batch.lastOffset() < firstDirtyOffset || batch.isControlBatch()) return true;
        Integer count = batch.countOrNull();
        if (count != null && newest.count() > 0 && !newest.hasRoomFor(count)) {
            cleanEndOffset = batch.baseOffset();
            return false;
        }
        try (CloseableIterator<Record> records = batch.streamingIterator(BufferSupplier.NO_CACHING)) {
            while (records.hasNext()) {
                Record record = records.next();
                if (record.hasKey()) newest.put(record.key(), record.offset());
            }
        }
        return true;
    }

    private boolean walk(Segment source, BatchVisitor visitor) throws IOException {
        Disk.DiskFile file = source.file().acquire();
        try {
            BatchScanner scanner = new BatchScanner(file, source.sizeBytes());
            for (int position = 0; position < source.sizeBytes(); ) {
                if (!scanner.batchAt(position)) {
                    throw new LogDamaged("no batch at position " + position + " of " + file.path());
                }
                int size = scanner.sizeAt(position);
                ByteBuffer bytes = scanner.buffer().slice(scanner.at(position), size);
                position += size;
                if (!visitor.visit(MemoryRecords.readableRecords(bytes)
                        .batches()
                        .iterator()
                        .next())) return false;
            }
            return true;
        } finally {
            source.file().release();
        }
    }

    /// Small neighbours share a successor.
    private void copy() throws IOException {
        int first = 0;
        while (first < sources.size()) {
            int end = first + 1;
            long size = sources.get(first).sizeBytes();
            while (end < sources.size() && fits(first, end, size))
                size += sources.get(end++).sizeBytes();
            copy(sources.subList(first, end));
            first = end;
        }
    }

    private boolean fits(int first, int next, long size) {
        return size + sources.get(next).sizeBytes() <= settings.segmentBytes()
                && sources.get(next).nextOffset() - sources.get(first).baseOffset() <= Integer.MAX_VALUE;
    }

    private void copy(List<Segment> group) throws IOException {
        filter.keepBatchEndingAt(group.getLast().nextOffset() - 1);
        try (Output output = new Output(group.getFirst())) {
            for (Segment source : group) {
                walk(source, batch -> {
                    output.add(filtered(batch));
                    return true;
                });
            }
            outputs.add(output.finish());
        }
    }

    private ByteBuffer filtered(MutableRecordBatch batch) {
        ByteBuffer target = ByteBuffer.allocate(batch.sizeInBytes());
        ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes());
        batch.writeTo(bytes);
        return MemoryRecords.readableRecords(bytes.flip())
                .filterTo(filter, target, BufferSupplier.NO_CACHING, Integer.MAX_VALUE)
                .outputBuffer()
                .flip();
    }

    /// One successor while it is written.
    private final class Output implements AutoCloseable {
        private final Disk.DiskFile file;
        private final Segment segment;
        private final SegmentIndex index;
        private ByteBuffer pending = ByteBuffer.allocate(WRITE_BYTES);
        private int written;

        Output(Segment first) throws IOException {
            this.file = disk.open(CompactionSwap.cleaned(directory, first.baseOffset()), true);
            file.truncate(0);
            this.index = new SegmentIndex(first.baseOffset());
            this.segment = new Segment(first.baseOffset(), first.file(), first.bornMs());
            segment.open(index);
        }

        void add(ByteBuffer batches) throws IOException {
            if (batches.remaining() > pending.remaining()) flush();
            if (batches.remaining() > pending.remaining()) pending = ByteBuffer.allocate(batches.remaining());
            for (int at = 0; at < batches.limit(); at += (int) BatchHeader.sizeBytes(batches, at)) {
                segment.onAppended(batches, at, segment.sizeBytes(), settings.indexIntervalBytes());
            }
            pending.put(batches);
        }

        private void flush() throws IOException {
            pending.flip();
            int count = pending.remaining();
            file.write(pending, written);
            written += count;
            pending.clear();
        }

        Facts finish() throws IOException {
            flush();
            file.sync();
            segment.seal();
            Facts facts = segment.facts();
            new IndexFiles(disk, directory).writeCleaned(segment.baseOffset(), index, facts.index());
            return facts;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
