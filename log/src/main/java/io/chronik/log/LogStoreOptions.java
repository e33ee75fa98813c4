package io.chronik.log;

/// Bounds of one log directory, shared by all its partitions.
///
/// `maxOpenFiles` segment files are kept open, none longer than twice `idleFileMs` after its last use;
/// `indexCacheBytes` of sealed segments' indexes are kept in memory; a
/// producer id is forgotten `producerIdExpirationMs` after its last append (`producer.id.expiration.ms`), or when a
/// partition knows more than `maxProducersPerPartition`; `syncThreads` sync the files of one round; at most
/// `recoveryThreads` partitions are recovered at once; recovery has to read at most about `checkpointBytes` of each
/// partition after a crash; each half of the [CommitJournal] has `journalHalfBytes`, and where that is 0 there is none.
public record LogStoreOptions(
        int maxOpenFiles,
        long indexCacheBytes,
        long producerIdExpirationMs,
        int maxProducersPerPartition,
        int syncThreads,
        int recoveryThreads,
        long checkpointBytes,
        long quarantineMs,
        long idleFileMs,
        int journalHalfBytes) {
    public static LogStoreOptions defaults() {
        long day = 24L * 60 * 60 * 1000;
        return new LogStoreOptions(
                OpenFilesLimit.ofThisProcess(), 32L << 20, day, 10_000, 4, 2, 32L << 20, day, 5_000, 32 << 20);
    }

    public LogStoreOptions withProducerIdExpirationMs(long changed) {
        return new LogStoreOptions(
                maxOpenFiles,
                indexCacheBytes,
                changed,
                maxProducersPerPartition,
                syncThreads,
                recoveryThreads,
                checkpointBytes,
                quarantineMs,
                idleFileMs,
                journalHalfBytes);
    }

    public LogStoreOptions withJournalHalfBytes(int changed) {
        return new LogStoreOptions(
                maxOpenFiles,
                indexCacheBytes,
                producerIdExpirationMs,
                maxProducersPerPartition,
                syncThreads,
                recoveryThreads,
                checkpointBytes,
                quarantineMs,
                idleFileMs,
                changed);
    }

    /// For a log that is alone.
    public LogStoreOptions forOneLog(int openFiles, long indexBytes) {
        return new LogStoreOptions(
                openFiles,
                indexBytes,
                producerIdExpirationMs,
                maxProducersPerPartition,
                1,
                1,
                checkpointBytes,
                quarantineMs,
                idleFileMs,
                0);
    }
}
