package io.chronik.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// What one log had written but not synced when the task was taken: `segments` hold it, `end` is where the log ended.
/// The generation in there tells a truncation in between: the offsets may then hold other records.
record LogSyncTask(
        List<Segment> segments,
        PartitionDirectory directory,
        AtomicReference<Throwable> failure,
        DurableMark mark,
        DurableMark.Reached end,
        long endOffset,
        long bytes)
        implements SyncTask {

    @Override
    public void sync() throws IOException {
        checkNoFailure();
        try {
            for (Segment segment : segments) syncFile(segment);
            if (hasNewNames()) directory.sync();
            onFilesSynced();
        } catch (IOException | RuntimeException e) {
            failure.compareAndSet(null, e);
            throw e;
        }
    }

    private void checkNoFailure() throws IOException {
        Throwable earlier = failure.get();
        if (earlier != null) throw new IOException("an earlier sync of this directory failed", earlier);
    }

    @Override
    public void beforeFileSystemSync() throws IOException {
        checkNoFailure();
        if (hasNewNames()) directory.complete();
    }

    @Override
    public void afterFileSystemSync() {
        if (hasNewNames()) directory.onDurable();
        onFilesSynced();
    }

    private void onFilesSynced() {
        for (Segment segment : segments) segment.onNameDurable();
        if (segments.isEmpty()) return;
        segments.getLast().onFileSynced(end.position());
        mark.advance(end);
    }

    @Override
    public Optional<JournalPart> journalPart() {
        DurableMark.Reached from = mark.reached();
        boolean current = end.generation() == mark.generation() && from.generation() == end.generation();
        if (segments.isEmpty() || !current || from.segmentBase() != end.segmentBase()) return Optional.empty();
        Segment last = segments.getLast();
        if (last.baseOffset() != end.segmentBase() || !last.isNameDurable()) return Optional.empty();
        int begin = Math.min(from.position(), end.position());
        return Optional.of(
                new JournalPart(directory.topicId(), directory.partition(), last, begin, end.position(), mark));
    }

    @Override
    public void onJournaled() {
        mark.advance(end);
    }

    @Override
    public void onSyncFailed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    private boolean hasNewNames() {
        for (Segment segment : segments) if (!segment.isNameDurable()) return true;
        return false;
    }

    private void syncFile(Segment segment) throws IOException {
        try {
            segment.file().sync(failure);
        } catch (NoSuchFileException e) {
            // Retention may delete a segment that is being synced: it is below the start offset then.
            if (!segment.isDeleted()) throw e;
        }
    }
}
