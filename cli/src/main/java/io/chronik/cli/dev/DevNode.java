package io.chronik.cli.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// One node of a development cluster: where it is, and its process. `pid` 0 when it was stopped; `startedMs` tells the
/// process from a later one with the same pid.
record DevNode(int id, String kafka, String internal, String http, String directory, long pid, long startedMs) {
    Path data() {
        return Path.of(directory, "data");
    }

    Path log() {
        return Path.of(directory, "node.log");
    }

    /// What `--cluster` calls it.
    String member() {
        return id + "@" + internal;
    }

    DevNode started(ProcessHandle process) {
        return new DevNode(id, kafka, internal, http, directory, process.pid(), startOf(process));
    }

    DevNode stopped() {
        return new DevNode(id, kafka, internal, http, directory, 0, 0);
    }

    /// Its process while that lives, and no other that got its pid since. One that has ended and that its parent has
    /// not
    /// asked about, as in a container whose first process does not, keeps its pid and start, and is none.
    Optional<ProcessHandle> process() {
        return pid == 0
                ? Optional.empty()
                : ProcessHandle.of(pid)
                        .filter(ProcessHandle::isAlive)
                        .filter(found -> startOf(found) == startedMs)
                        .filter(found -> !hasEnded(found));
    }

    /// Where there is no /proc nobody knows.
    private static boolean hasEnded(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            // `pid (name) state ...`, and a name may have anything in it.
            String state = stat.substring(stat.lastIndexOf(')') + 1).strip();
            return state.startsWith("Z") || state.startsWith("X");
        } catch (IOException unknown) {
            return false;
        }
    }

    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
