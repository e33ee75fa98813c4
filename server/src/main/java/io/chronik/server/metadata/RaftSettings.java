package io.chronik.server.metadata;

import java.net.InetSocketAddress;

/// How the metadata quorum behaves on this node.
///
/// `listener`, `address`: where other nodes reach it; written into the voter set when the cluster begins.
/// `appendLingerMs`: how long a proposal may wait for others to share its fsync; a round in progress gathers more.
/// `snapshotEntries`: entries applied between two snapshots of the whole image.
/// `segmentBytes`, `retentionBytes`: size of a log segment, and of log and older snapshots that are kept behind the
/// newest one for peers that lag. A segment takes whole batches, and those have up to 8 MiB.
public record RaftSettings(
        String listener,
        InetSocketAddress address,
        int appendLingerMs,
        int electionTimeoutMs,
        int fetchTimeoutMs,
        long snapshotEntries,
        int segmentBytes,
        long retentionBytes) {

    public static RaftSettings defaults(String listener, InetSocketAddress address) {
        return new RaftSettings(listener, address, 0, 1_000, 2_000, 20_000, 16 << 20, 32L << 20);
    }
}
