package io.chronik.cli.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.cli.Chronik;
import io.chronik.metadata.Command;
import io.chronik.metadata.CommandCodec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataDumpTest {
    private static final int EPOCH = 4;
    private static final String SEGMENT = "00000000000000000007.log";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path log = Path.of("");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void makeDirectories() throws IOException {
        log = Files.createDirectories(directory.resolve("metadata/__cluster_metadata-0"));
    }

    @Test
    void everyCommandIsALine() throws IOException {
        // Given
        Uuid topic = Uuid.randomUuid();
        write(SEGMENT, leaderChange(7), commands(8, new Command.DeleteTopic(topic), new Command.Noop()));

        // When
        int exitCode = dump(directory);

        // Then
        assertThat(exitCode).isZero();
        assertThat(out.toString().lines()).hasSize(3).allMatch(line -> line.contains("\"epoch\":4"));
        assertThat(out.toString())
                .contains("\"offset\":7,", "\"control\":\"LEADER_CHANGE\"", "leaderId=1")
                .contains("\"offset\":8,", "\"command\":{\"type\":\"DeleteTopic\",\"version\":1,\"topicId\":\"" + topic)
                .contains("\"offset\":9,", "\"type\":\"Noop\"");
    }

    @Test
    void snapshotsComeFirstAndTheLogsOwnDirectoryWillDo() throws IOException {
        // Given
        write(SEGMENT, commands(7, new Command.Noop()));
        write("00000000000000000007-0000000004.checkpoint", commands(0, new Command.Noop()));

        // When
        int exitCode = dump(log);

        // Then
        assertThat(exitCode).isZero();
        assertThat(out.toString().lines().map(line -> line.contains("checkpoint")))
                .containsExactly(true, false);
    }

    @Test
    void spaceAllocatedAheadIsNoDamage() throws IOException {
        write(SEGMENT, commands(7, new Command.Noop()), ByteBuffer.allocate(4096));
        assertThat(dump(directory)).isZero();
        assertThat(out.toString().lines()).hasSize(1);
    }

    @Test
    void damageIsALineAndFails() throws IOException {
        // Given
        write(SEGMENT, commands(7, new Command.Noop()), commands(8, new Command.Noop()));
        byte[] bytes = Files.readAllBytes(log.resolve(SEGMENT));
        bytes[bytes.length - 2] ^= 1;
        Files.write(log.resolve(SEGMENT), bytes);

        // When
        int exitCode = dump(directory);

        // Then
        assertThat(exitCode).isEqualTo(1);
        assertThat(out.toString().lines().toList()).hasSize(2).last().asString().contains("\"damage\":\"CRC");
    }

    @Test
    void recordThatIsNoCommandIsDamage() throws IOException {
        byte[] strange = "{\"type\":\"Unheard\",\"version\":1}".getBytes(StandardCharsets.UTF_8);
        write(SEGMENT, records(7, new SimpleRecord(strange)));
        assertThat(dump(directory)).isEqualTo(1);
        assertThat(out.toString()).contains("\"damage\":", "Unheard");
    }

    @Test
    void directoryWithoutALogIsAFailure() {
        assertThat(dump(directory.resolve("metadata"))).isEqualTo(1);
        assertThat(err.toString()).startsWith("chronik: ").contains("no metadata log");
    }

    private int dump(Path from) {
        return Chronik.commandLine("metadata")
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute("metadata", "dump", from.toString());
    }

    private void write(String name, ByteBuffer... parts) throws IOException {
        int size = Arrays.stream(parts).mapToInt(ByteBuffer::remaining).sum();
        ByteBuffer all = ByteBuffer.allocate(size);
        for (ByteBuffer part : parts) {
            all.put(part.duplicate());
        }
        Files.write(log.resolve(name), all.array());
    }

    private static ByteBuffer commands(long offset, Command... commands) {
        return records(
                offset,
                Arrays.stream(commands)
                        .map(command -> new SimpleRecord(CommandCodec.encode(command)))
                        .toArray(SimpleRecord[]::new));
    }

    private static ByteBuffer records(long offset, SimpleRecord... records) {
        return MemoryRecords.withRecords(offset, Compression.NONE, EPOCH, records)
                .buffer();
    }

    private static ByteBuffer leaderChange(long offset) {
        return MemoryRecords.withLeaderChangeMessage(
                        offset, 1_000, EPOCH, ByteBuffer.allocate(256), new LeaderChangeMessage().setLeaderId(1))
                .buffer();
    }
}
