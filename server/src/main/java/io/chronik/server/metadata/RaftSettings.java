package io.chronik.server.metadata;

import java.net.InetSocketAddress;
import java.util.List;

/// How the metadata quorum behaves on this node.
///
/// `listener`, `address`: where other nodes reach it, as it is written into the voter set: never a wildcard or port 0.
/// `bootstrap`: where members of the cluster are looked for while the log names none; without this node's own.
/// `autoJoin`: whether the node makes itself a voter. It does so once in its directory's life: who was removed stays
/// so.
public record RaftSettings(
        String listener,
        InetSocketAddress address,
        List<InetSocketAddress> bootstrap,
        boolean autoJoin,
        Times times,
        Sizes sizes) {

    public RaftSettings {
        bootstrap = List.copyOf(bootstrap);
    }

    /// All in milliseconds; `election` is the shortest, the library adds as much again by dice.
    ///
    /// `appendLinger`: how long a proposal may wait for others to share its fsync.
    /// `fetch`: a follower that hears nothing from the leader for so long begins an election; a leader that
    /// hears nothing from a majority for one and a half of it resigns. More than `fetchWait` and what a disk
    /// may take.
    /// `fetchWait`: how long the leader keeps a follower's fetch when there is nothing new.
    /// `electionBackoff`: the second in line for the succession waits half of it, with three voters.
    public record Times(
            int appendLinger, int election, int electionBackoff, int fetch, int fetchWait, int request, int retry) {
        public static final Times DEFAULT = new Times(0, 300, 100, 1_000, 200, 1_000, 20);

        public Times {
            if (fetchWait >= fetch) {
                throw new IllegalArgumentException("the leader may keep a fetch for " + fetchWait
                        + " ms, and a follower gives the leader up after " + fetch + " ms");
            }
        }
    }

    /// `snapshotEntries`: entries applied between two snapshots of the whole image.
    /// `segmentBytes`: size of a log segment, which takes whole batches; those have up to 8 MiB.
    /// `retentionBytes`: log and older snapshots that are kept behind the newest one for peers that lag.
    /// `fetchBytes`, `fetchSnapshotBytes`: what a follower asks for at a time.
    public record Sizes(
            long snapshotEntries, int segmentBytes, long retentionBytes, int fetchBytes, int fetchSnapshotBytes) {
        public static final Sizes DEFAULT = new Sizes(20_000, 16 << 20, 32L << 20);

        public Sizes(long snapshotEntries, int segmentBytes, long retentionBytes) {
            this(snapshotEntries, segmentBytes, retentionBytes, 8 << 20, 8 << 20);
        }

        public Sizes withFetch(int bytes, int snapshotBytes) {
            return new Sizes(snapshotEntries, segmentBytes, retentionBytes, bytes, snapshotBytes);
        }
    }

    /// A node that is alone, or knows no other yet.
    public static RaftSettings defaults(String listener, InetSocketAddress address) {
        return new RaftSettings(listener, address, List.of(), false, Times.DEFAULT, Sizes.DEFAULT);
    }

    public RaftSettings withTimes(Times changed) {
        return new RaftSettings(listener, address, bootstrap, autoJoin, changed, sizes);
    }

    public RaftSettings withSizes(Sizes changed) {
        return new RaftSettings(listener, address, bootstrap, autoJoin, times, changed);
    }

    public RaftSettings withBootstrap(List<InetSocketAddress> members, boolean joins) {
        return new RaftSettings(listener, address, members, joins, times, sizes);
    }
}
