package io.chronik.it.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/// Directories that vanish with the test.
public final class TempDirs {
    private TempDirs() {}

    public static Path create(String prefix) {
        try {
            return Files.createTempDirectory(prefix);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Deletes `directory` and all in it; kept when `-Dit.keep` is set.
    public static void delete(Path directory) {
        if (System.getProperty("it.keep") != null || !Files.exists(directory)) {
            return;
        }
        try (var walk = Files.walk(directory)) {
            List<Path> leavesFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : leavesFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
