package io.chronik.log;

import io.chronik.log.CheckpointFile.Sync;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The files beside a log's segments that hold one thing each: where the log starts, and its leader epochs.
record SmallFiles(Disk disk, PartitionDirectory directory) {
    static final String START_OFFSET = "log-start-offset-checkpoint";
    static final String CLEAN_END = "cleaner-offset-checkpoint";
    static final String LEADER_EPOCHS = "leader-epoch-checkpoint";
    private static final String VERSION = "0";

    /// Durable when this returns: no other file can tell what was deleted.
    void writeStartOffset(long startOffset) throws IOException {
        file(START_OFFSET).write(List.of(VERSION, Long.toString(startOffset)), Sync.BEFORE_RENAME);
        directory.sync();
    }

    OptionalLong readStartOffset() throws IOException {
        Optional<List<String>> lines = file(START_OFFSET).read();
        return lines.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(lines.get().getLast()));
    }

    /// Below `offset` the log has been compacted, and offsets may be missing. Losing it costs one more pass.
    void writeCleanEnd(long offset) throws IOException {
        file(CLEAN_END).write(List.of(VERSION, Long.toString(offset)), Sync.LATER);
    }

    OptionalLong readCleanEnd() throws IOException {
        Optional<List<String>> lines = file(CLEAN_END).read();
        return lines.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(lines.get().getLast()));
    }

    /// As Kafka has them: version, count, and a line `epoch startOffset` for each; then our checksum.
    void writeEpochs(EpochHistory epochs, Sync sync) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(VERSION);
        lines.add(Integer.toString(epochs.starts().size()));
        for (EpochHistory.Start start : epochs.starts()) lines.add(start.epoch() + " " + start.startOffset());
        file(LEADER_EPOCHS).write(lines, sync);
    }

    Optional<EpochHistory> readEpochs() throws IOException {
        Optional<List<String>> lines = file(LEADER_EPOCHS).read();
        if (lines.isEmpty()) return Optional.empty();
        List<EpochHistory.Start> starts = new ArrayList<>();
        for (String line : lines.get().subList(2, lines.get().size())) {
            String[] words = line.split(" ", -1);
            starts.add(new EpochHistory.Start(Integer.parseInt(words[0]), Long.parseLong(words[1])));
        }
        return Optional.of(new EpochHistory(starts));
    }

    private CheckpointFile file(String name) {
        return new CheckpointFile(disk, directory.file(name));
    }
}
