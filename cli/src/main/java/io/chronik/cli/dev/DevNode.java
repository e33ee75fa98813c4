package io.chronik.cli.dev;

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

    /// Its process while that lives, and no other that got its pid since.
    Optional<ProcessHandle> process() {
        return pid == 0
                ? Optional.empty()
                : ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(found -> startOf(found) == startedMs);
    }

    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
