package io.chronik.log;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// What all logs of one directory share. `closedLogs` is what the last clean stop left. `background` runs what no event
/// may wait for: unlinking, checkpoints.
/// `foundDurable`: all that the last process left was made durable before any log is opened. `failure` holds the first
/// failed sync, after which no log of the directory accepts appends; `onSyncFailed` is told about it. `journal`
/// is told before files of a log are cut or replaced.
record LogServices(
        Disk disk,
        OpenFiles openFiles,
        IndexCache indexes,
        DirectorySync partitions,
        ClosedLogs closedLogs,
        Executor background,
        LogStoreOptions options,
        boolean foundDurable,
        CommitJournal journal,
        AtomicReference<Throwable> failure,
        Consumer<Throwable> onSyncFailed) {}
