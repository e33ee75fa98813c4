package io.chronik.it.fault;

import io.chronik.it.node.Command;
import io.chronik.it.node.NodeProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// Faults between the node and the kernel, by a library that is compiled for the test and loaded before libc. Only
/// segment files are concerned, so that a fault hits the partitions and not the metadata.
final class FaultyDisk {
    private final Path library;
    private final Path control;
    private final Path data;

    private FaultyDisk(Path library, Path control, Path data) {
        this.library = library;
        this.control = control;
        this.data = data;
    }

    static FaultyDisk compile(Path directory, Path data) {
        Path source = directory.resolve("faults.c");
        Path library = directory.resolve("faults.so");
        try (InputStream in = Objects.requireNonNull(FaultyDisk.class.getResourceAsStream("/faults.c"))) {
            Files.createDirectories(directory);
            Files.copy(in, source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Command.run(
                        Duration.ofSeconds(60),
                        List.of("cc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString(), "-ldl"))
                .expectSuccess();
        FaultyDisk disk = new FaultyDisk(library, directory.resolve("control"), data);
        disk.heal();
        return disk;
    }

    NodeProcess under(NodeProcess node) {
        return node.environment("LD_PRELOAD", library.toString())
                .environment("FAULT_CONTROL", control.toString())
                .environment("FAULT_PATH", data.toString())
                .environment("FAULT_SUFFIX", ".log");
    }

    void failSync() {
        control("sync 5");
    }

    void failWrites() {
        control("write 5");
    }

    void halveWrites() {
        control("short 0");
    }

    void slowSync(int delayMs) {
        control("slow " + delayMs);
    }

    void heal() {
        control("none 0");
    }

    private void control(String line) {
        try {
            Files.writeString(control, line + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
