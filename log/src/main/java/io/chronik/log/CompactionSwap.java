package io.chronik.log;

import io.chronik.log.CheckpointFile.Sync;
import io.chronik.log.Segment.Facts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts compacted segments in the place of their sources, whole or not at all: once this list is durable, the swap
/// is decided, and whoever finds the list after a crash finishes it. Every step may be repeated.
///
/// `sourcesEndOffset` is where the sources end; below `cleanEndOffset` every key is known to be the newest.
record CompactionSwap(List<Long> sources, List<Facts> outputs, long sourcesEndOffset, long cleanEndOffset) {
    static final String FILE = "compaction-swap";
    private static final String CLEANED_SUFFIX = ".log.cleaned";
    private static final String REPLACED_SUFFIX = ".log.deleted";

    CompactionSwap {
        sources = List.copyOf(sources);
        outputs = List.copyOf(outputs);
    }

    static Path cleaned(PartitionDirectory directory, long baseOffset) {
        return directory.file(baseOffset, CLEANED_SUFFIX);
    }

    static boolean isLeftOver(String name) {
        return name.endsWith(IndexFiles.CLEANED_SUFFIX) || name.endsWith(REPLACED_SUFFIX);
    }

    /// From here on the swap will happen.
    void decide(Disk disk, PartitionDirectory directory) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("version 1");
        lines.add("ends " + sourcesEndOffset + " " + cleanEndOffset);
        for (long source : sources) lines.add("source " + source);
        for (Facts facts : outputs) lines.add(LogCheckpoint.line(facts));
        directory.sync();
        new CheckpointFile(disk, directory.file(FILE)).write(lines, Sync.BEFORE_RENAME);
        directory.sync();
    }

    static Optional<CompactionSwap> decided(Disk disk, PartitionDirectory directory) throws IOException {
        Optional<List<String>> lines = new CheckpointFile(disk, directory.file(FILE)).read();
        if (lines.isEmpty()) return Optional.empty();
        String[] ends = lines.get().get(1).split(" ", -1);
        List<Long> sources = new ArrayList<>();
        List<Facts> outputs = new ArrayList<>();
        for (String line : lines.get().subList(2, lines.get().size())) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("source")) sources.add(Long.parseLong(words[1]));
            else outputs.add(LogCheckpoint.facts(words));
        }
        return Optional.of(new CompactionSwap(sources, outputs, Long.parseLong(ends[1]), Long.parseLong(ends[2])));
    }

    /// Moves the sources out of the way and the outputs into their place. Returns the files to delete.
    List<Path> apply(Disk disk, PartitionDirectory directory) throws IOException {
        List<Path> replaced = new ArrayList<>();
        for (long base : sources) {
            Path log = directory.file(base, PartitionDirectory.LOG_SUFFIX);
            Path cleaned = cleaned(directory, base);
            boolean hasOutput = outputs.stream().anyMatch(facts -> facts.baseOffset() == base);
            if (!hasOutput || disk.exists(cleaned)) {
                Path old = directory.file(base, REPLACED_SUFFIX);
                if (disk.exists(log)) disk.rename(log, old);
                replaced.add(old);
                disk.delete(directory.file(base, PartitionDirectory.INDEX_SUFFIX));
                disk.delete(directory.file(base, PartitionDirectory.TIME_INDEX_SUFFIX));
                if (hasOutput) disk.rename(cleaned, log);
            }
        }
        for (Facts facts : outputs) new IndexFiles(disk, directory).takeCleaned(facts.baseOffset());
        directory.sync();
        return replaced;
    }

    /// What recovery should believe afterwards: the outputs are durable, whatever the old checkpoint knew of the
    /// sources.
    LogCheckpoint checkpointAfter(Optional<LogCheckpoint> before) {
        List<Facts> segments = new ArrayList<>(outputs);
        long recoveryPoint = sourcesEndOffset;
        List<DamagedRange> damage = List.of();
        if (before.isPresent()) {
            recoveryPoint = Math.max(recoveryPoint, before.get().recoveryPoint());
            damage = before.get().damage();
            for (Facts facts : before.get().segments()) {
                if (facts.baseOffset() >= sourcesEndOffset) segments.add(facts);
            }
        }
        return new LogCheckpoint(recoveryPoint, true, segments, damage);
    }
}
