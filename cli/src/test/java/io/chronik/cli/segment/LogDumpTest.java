package io.chronik.cli.segment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LogDumpTest {
    /// What a person sees of one dump.
    private record Run(int exitCode, String out, String err) {}

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path segment;

    private int firstBatchBytes;

    @BeforeEach
    void writeTwoBatches() throws IOException {
        segment = directory.resolve("00000000000000000100.log");
        MemoryRecords first = MemoryRecords.withRecords(100L, Compression.NONE, 3, record("k", "v"), record("k", "w"));
        MemoryRecords second =
                MemoryRecords.withRecords(102L, Compression.gzip().build(), 3, record("x", "y"));
        firstBatchBytes = first.sizeInBytes();
        Files.write(segment, bytes(first));
        Files.write(segment, bytes(second), StandardOpenOption.APPEND);
    }

    @Test
    void intactSegmentHasOneLinePerBatch() {
        Run run = dump(segment.toString());
        assertThat(run.exitCode).isZero();
        assertThat(run.out.lines().toList())
                .satisfiesExactly(
                        heading -> assertThat(heading).startsWith("POSITION"),
                        batch -> assertThat(batch).startsWith("0 ").contains(" 100 ", " 101 "),
                        batch -> assertThat(batch)
                                .startsWith(firstBatchBytes + " ")
                                .contains(" 102 ", "gzip"),
                        sum -> assertThat(sum)
                                .startsWith("2 batches, 3 records")
                                .endsWith("intact"));
    }

    @Test
    void recordsAreShownWhenAskedFor() {
        assertThat(dump("--records", segment.toString()).out).contains("key \"k\"  value \"w\"", "key \"x\"");
    }

    @Test
    void jsonHasALinePerBatchAndASummary() {
        Run run = dump("-o", "json", segment.toString());
        assertThat(run.out.lines())
                .hasSize(3)
                .last()
                .asString()
                .contains("\"type\":\"summary\"", "\"records\":3", "\"intact\":true");
    }

    @Test
    void flippedBitIsReportedWithItsBatchsPosition() throws IOException {
        // Given
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length - 1] ^= 1;
        Files.write(segment, bytes);

        // When
        Run run = dump(segment.toString());

        // Then
        assertThat(run.exitCode).isEqualTo(1);
        assertThat(run.err.lines()).singleElement().asString().contains("position " + firstBatchBytes, "CRC");
        assertThat(run.out).contains("1 batches, 2 records").contains("DAMAGED");
    }

    @Test
    void everyCutOfTheSecondBatchIsReported() throws IOException {
        byte[] bytes = Files.readAllBytes(segment);
        // Its first seven bytes are zeros, which look like space allocated ahead.
        for (int size = firstBatchBytes + 8; size < bytes.length; size++) {
            Files.write(segment, Arrays.copyOf(bytes, size));
            Run run = dump(segment.toString());
            assertThat(run.exitCode).as("cut to %d bytes", size).isEqualTo(1);
            assertThat(run.err).contains("position " + firstBatchBytes);
        }
    }

    @Test
    void zeroTailIsSpaceAllocatedAhead() throws IOException {
        Files.write(segment, new byte[4096], StandardOpenOption.APPEND);
        Run run = dump(segment.toString());
        assertThat(run.exitCode).isZero();
        assertThat(run.out).contains("zero bytes from position").contains("4096 bytes");
    }

    @Test
    void offsetBelowTheFilesNameIsDamage() throws IOException {
        Path renamed = Files.move(segment, directory.resolve("00000000000000000101.log"));
        Run run = dump(renamed.toString());
        assertThat(run.exitCode).isEqualTo(1);
        assertThat(run.err).contains("position 0").contains("base offset 100 is below 101");
    }

    @Test
    void offsetIndexShowsAbsoluteOffsets() throws IOException {
        // Given
        Path index = directory.resolve("00000000000000000100.index");
        Files.write(
                index,
                ByteBuffer.allocate(32).putInt(1).putInt(0).putInt(2).putInt(77).array());

        // When
        Run run = dump(index.toString());

        // Then
        assertThat(run.exitCode).isZero();
        assertThat(run.out.lines()).containsExactly("OFFSET  POSITION", "101     0", "102     77");
    }

    @Test
    void timeIndexThatGoesBackIsDamage() throws IOException {
        Path index = directory.resolve("00000000000000000100.timeindex");
        Files.write(
                index,
                ByteBuffer.allocate(24)
                        .putLong(5)
                        .putInt(0)
                        .putLong(4)
                        .putInt(1)
                        .array());
        assertThat(dump(index.toString()).exitCode).isEqualTo(1);
    }

    @Test
    void missingFileIsAFailure() {
        assertThat(dump(directory.resolve("none.log").toString()).exitCode).isEqualTo(1);
    }

    private static SimpleRecord record(String key, String value) {
        return new SimpleRecord(1_000L, key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private static byte[] bytes(MemoryRecords records) {
        byte[] bytes = new byte[records.sizeInBytes()];
        records.buffer().duplicate().get(bytes);
        return bytes;
    }

    private static Run dump(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = new CommandLine(new LogDump())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler((_, _, _) -> 1)
                .execute(args);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
