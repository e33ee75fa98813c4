package io.chronik.bench.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// An unpacked distribution, as a user has it. It comes with an archive of its classes for the JVM that built
/// it; on another one the first start leaves such an archive for the next ones.
public record Distribution(Path home) {
    /// The tar.gz that bench.sh has built from this checkout.
    public static Path tarball() {
        return Path.of(System.getProperty("bench.distribution", "missing"));
    }

    /// Unpacks the tar.gz into a new directory below `work`, which goes with the bench at the latest.
    public static Distribution unpack(Path tarball, Path work) {
        try {
            Files.createDirectories(work);
            Path directory = Files.createTempDirectory(work, "distribution-");
            Process tar = new ProcessBuilder(List.of(
                            "tar", "-xzf", tarball.toString(), "-C", directory.toString(), "--strip-components=1"))
                    .inheritIO()
                    .start();
            if (tar.waitFor() != 0) throw new IOException("cannot unpack " + tarball);
            Distribution unpacked = new Distribution(directory);
            Runtime.getRuntime().addShutdownHook(new Thread(unpacked::delete));
            return unpacked;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public Path launcher() {
        return home.resolve("bin").resolve("chronik");
    }

    /// The archive is complete and nobody works on it.
    public boolean hasClassArchive() {
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).toList();
            return names.stream().anyMatch(name -> name.endsWith(".jsa"))
                    && names.stream().noneMatch(name -> name.endsWith(".lock"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void delete() {
        Directories.delete(home);
    }
}
