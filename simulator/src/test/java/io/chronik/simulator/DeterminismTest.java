package io.chronik.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A seed is a bug report only when it says the same everywhere.
class DeterminismTest {
    private static final int SEEDS = 20;

    /// Prints a digest per seed.
    static final class InItsOwnJvm {
        private InItsOwnJvm() {}

        public static void main(String[] args) {
            digests().forEach(System.out::println);
        }
    }

    private static List<String> digests() {
        List<String> digests = new ArrayList<>();
        for (long seed = 0; seed < SEEDS; seed++)
            digests.add(Simulation.run(seed).digest());
        return digests;
    }

    @Test
    void aSeedIsTheSameInAnotherJvm() throws IOException, InterruptedException {
        // When
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dchronik.log.level=OFF",
                        InItsOwnJvm.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> theirs =
                new String(other.getInputStream().readAllBytes(), UTF_8).lines().toList();

        // Then
        assertThat(other.waitFor()).isZero();
        assertThat(theirs).hasSize(SEEDS).doesNotHaveDuplicates().isEqualTo(digests());
    }
}
