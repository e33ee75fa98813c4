package io.chronik.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chronik.it.node.Command;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tar.gz that Maven has built, unpacked somewhere else: its class archive (ADR 0013).
@Tag("node")
class DistributionTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeEach
    void unpack() throws IOException {
        List<Path> tarballs = list(Path.of("..", "cli", "target"), ".tar.gz");
        assertThat(tarballs).as("built by mvn verify").hasSize(1);
        Command.run(LIMIT, List.of("tar", "-xzf", tarballs.getFirst().toString(), "-C", directory.toString()))
                .expectSuccess();
        Files.move(list(directory, "").getFirst(), home());
    }

    private Path home() {
        return directory.resolve("moved");
    }

    private Path lib() {
        return home().resolve("lib");
    }

    private static List<Path> list(Path parent, String ending) {
        try (var files = Files.list(parent)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where the JVM says that it has the product's own classes from.
    private record Loaded(long fromArchive, long fromJars) {
        /// All but the few that the rehearsal does without.
        void assertThatTheArchiveIsUsed() {
            assertThat(fromArchive).as(toString()).isGreaterThan(200);
            assertThat(fromJars).as(toString()).isLessThan(10);
        }

        void assertThatNoArchiveIsUsed() {
            assertThat(fromArchive).as(toString()).isZero();
            assertThat(fromJars).as(toString()).isGreaterThan(200);
        }
    }

    /// Starts and stops a node, on the JVM of this test: it is the one that built the distribution.
    private Loaded start(String name) throws IOException {
        Path classes = directory.resolve(name + "-classes");
        try (NodeProcess node = Nodes.quick(NodeProcess.in(directory.resolve(name)))
                .launcher(home().resolve("bin").resolve("chronik"))
                .environment("CHRONIK_JAVA_HOME", System.getProperty("java.home"))
                .environment("CHRONIK_OPTS", "-Xlog:class+load:file=" + classes)) {
            node.start();
            node.terminate();
            assertThat(node.logLines()).noneMatch(line -> line.contains("[warning]") || line.contains("[error]"));
        }
        List<String> own = Files.readAllLines(classes).stream()
                .filter(line -> line.contains(" io.chronik."))
                .toList();
        return new Loaded(
                own.stream()
                        .filter(line -> line.endsWith("shared objects file (top)"))
                        .count(),
                own.stream().filter(line -> line.contains("source: file:")).count());
    }

    @Test
    void theFirstStartUsesTheArchiveThatWasShipped() throws IOException {
        // Given
        List<Path> unpacked = list(lib(), "");

        // When
        Loaded loaded = start("first");

        // Then
        loaded.assertThatTheArchiveIsUsed();
        assertThat(list(lib(), "")).containsExactlyInAnyOrderElementsOf(unpacked);
    }

    @Test
    void aCopyThatHasLostTheTimesOfItsFilesMakesAnArchiveOfItsOwn() throws IOException {
        // Given
        Instant copied = Instant.now().minusSeconds(60);
        for (Path file : list(lib(), "")) {
            copied = copied.plusMillis(100);
            Files.setLastModifiedTime(file, FileTime.from(copied));
        }

        // When
        Loaded first = start("first");
        await().atMost(LIMIT).until(() -> list(lib(), ".lock").isEmpty());
        Loaded second = start("second");

        // Then
        first.assertThatNoArchiveIsUsed();
        second.assertThatTheArchiveIsUsed();
    }

    @Test
    void anArchiveThatTheJvmRefusesCostsNoWord() throws IOException {
        // Given
        Path jar = list(lib(), ".jar").stream()
                .filter(file -> file.getFileName().toString().startsWith("netty-common-"))
                .findFirst()
                .orElseThrow();
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));

        // When
        Loaded loaded = start("first");

        // Then
        loaded.assertThatNoArchiveIsUsed();
    }
}
