package io.chronik.server.metadata.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.log.FileDisk;
import io.chronik.log.LogThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.raft.LogOffsetMetadata;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.snapshot.RawSnapshotWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A directory that Kafka's log has written opens with ours: nodes had that one before.
class OlderDirectoryTest {
    @TempDir
    Path parent;

    private Path directory() {
        return parent.resolve("__cluster_metadata-0");
    }

    private RaftLog own() {
        return OwnRaftLog.open(
                new FileDisk(),
                directory(),
                RaftLogContract.SEGMENT_BYTES,
                RaftLogContract.RETENTION_BYTES,
                LogThreads.ofPlatform());
    }

    private RaftLog stock() throws IOException {
        return StockRaftLog.open(directory());
    }

    /// Ten batches of one record in three epochs, and a snapshot after the fourth.
    private void fill(RaftLog log) {
        snapshot(log, RaftLogContract.id(0, 0));
        for (int i = 0; i < 10; i++) {
            int epoch = 1 + 2 * (i / 4);
            var _ = log.appendAsLeader(RaftLogContract.batch(i, epoch, "x".repeat(300) + i), epoch);
        }
        log.updateHighWatermark(new LogOffsetMetadata(10));
        snapshot(log, RaftLogContract.id(4, 1));
    }

    private static void snapshot(RaftLog log, OffsetAndEpoch id) {
        try (RawSnapshotWriter writer = log.createNewSnapshotUnchecked(id).orElseThrow()) {
            writer.append(RaftLogContract.batch(0, 0, "image up to " + id.offset()));
            writer.freeze();
        }
    }

    private void check(List<String> before) throws Exception {
        // When
        try (RaftLog log = own()) {
            // Then
            assertThat(RaftLogContract.allValues(log)).isEqualTo(before);
            assertThat(log.lastFetchedEpoch()).isEqualTo(5);
            assertThat(log.endOffsetForEpoch(1)).isEqualTo(RaftLogContract.id(4, 1));
            assertThat(log.endOffsetForEpoch(3)).isEqualTo(RaftLogContract.id(8, 3));
            assertThat(log.latestSnapshotId()).contains(RaftLogContract.id(4, 1));
            assertThat(RaftLogContract.values(log.latestSnapshot().orElseThrow().records()))
                    .containsExactly("0=image up to 4");
            var _ = log.appendAsLeader(RaftLogContract.batch(10, 5, "new"), 5);
        }
        try (RaftLog log = own()) {
            assertThat(RaftLogContract.allValues(log))
                    .hasSize(before.size() + 1)
                    .endsWith("10=new");
        }
    }

    @Test
    void afterACleanStop() throws Exception {
        // Given
        List<String> before;
        try (RaftLog log = stock()) {
            fill(log);
            before = RaftLogContract.allValues(log);
        }
        check(before);
    }

    /// Nothing is flushed by the process, and its files stay as they are while it runs.
    @Test
    @SuppressWarnings("MustBeClosedChecker")
    void afterAKill() throws Exception {
        // Given
        RaftLog killed = stock();
        fill(killed);
        List<String> before = RaftLogContract.allValues(killed);
        Path copy = parent.resolve("copy");
        Files.createDirectories(copy);
        try (Stream<Path> files = Files.list(directory())) {
            for (Path file : files.toList()) Files.copy(file, copy.resolve(file.getFileName()));
        }
        killed.close();
        Files.move(directory(), parent.resolve("of the killed"));
        Files.move(copy, directory());
        check(before);
    }

    @Test
    void afterAPowerCutThatToreTheLastBatch() throws Exception {
        // Given
        List<String> before;
        try (RaftLog log = stock()) {
            fill(log);
            before = RaftLogContract.allValues(log);
            var _ = log.appendAsLeader(RaftLogContract.batch(10, 5, "torn"), 5);
        }
        try (Stream<Path> files = Files.list(directory())) {
            Path last = files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()
                    .getLast();
            try (var channel = Files.newByteChannel(last, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() - 3);
            }
        }
        check(before);
    }

    @Test
    void afterTheLogWasCutBehindASnapshot() throws Exception {
        // Given: Kafka's log forgets where in its first segment it begins
        try (RaftLog log = stock()) {
            fill(log);
            snapshot(log, RaftLogContract.id(7, 3));
            assertThat(log.deleteBeforeSnapshot(RaftLogContract.id(7, 3))).isTrue();
        }

        // When
        try (RaftLog log = own()) {
            // Then
            assertThat(log.startOffset()).isEqualTo(7);
            assertThat(log.earliestSnapshotId()).contains(RaftLogContract.id(7, 3));
            assertThat(RaftLogContract.allValues(log)).hasSize(3);
        }
    }
}
