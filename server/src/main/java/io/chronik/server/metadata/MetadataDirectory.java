package io.chronik.server.metadata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.raft.DynamicVoter;
import org.apache.kafka.raft.DynamicVoters;
import org.apache.kafka.server.common.KRaftVersion;
import org.apache.kafka.snapshot.FileRawSnapshotWriter;
import org.apache.kafka.snapshot.RecordsSnapshotWriter;
import org.apache.kafka.snapshot.Snapshots;
import org.jspecify.annotations.Nullable;

/// The directories of the metadata log inside a data directory, how they begin, and what the node remembers beside
/// them.
///
///     <dataDir>/node.properties                     written last: what came before counts only with it
///     <dataDir>/metadata/__cluster_metadata-0/      segments, snapshots, epochs
///     <dataDir>/metadata/__cluster_metadata-0/quorum-state
///
/// The founder of a cluster writes snapshot 0-0, which says that it is the only voter, instead of a format step; a node
/// that joins has an empty log and gets everything from the others. When a first start was interrupted before
/// `node.properties` was there, the next one begins again.
///
/// Any thread; the monitor guards `properties` and the file.
public final class MetadataDirectory {
    private static final String SNAPSHOT_OF_THE_BEGINNING = "00000000000000000000-0000000000.checkpoint";

    private final Path dataDir;
    private @Nullable NodeProperties properties;

    public MetadataDirectory(Path dataDir) {
        this.dataDir = dataDir;
    }

    Path log() {
        return dataDir.resolve("metadata")
                .resolve(Topic.CLUSTER_METADATA_TOPIC_NAME + "-" + Topic.CLUSTER_METADATA_TOPIC_PARTITION.partition());
    }

    Path quorumState() {
        return log().resolve("quorum-state");
    }

    /// Who the node is; empty when the directory is new.
    ///
    /// @throws DataDirectoryRefused when the directory is another node's, or part of it is missing
    public synchronized Optional<NodeIdentity> identity(int nodeId) {
        Optional<NodeProperties> found = NodeProperties.read(dataDir, nodeId);
        if (found.isPresent() && !hasLog(found.get())) {
            throw new DataDirectoryRefused("the metadata log " + log() + " is missing, but " + dataDir
                    + " was in use; restore it from a backup, or use an empty --data-dir");
        }
        properties = found.orElse(null);
        return found.map(NodeProperties::identity);
    }

    /// The cluster that this directory belongs to, as far as [#identity] or what came after it has found; empty for a
    /// new one.
    public synchronized Optional<String> clusterId() {
        return Optional.ofNullable(properties).map(known -> known.identity().clusterId());
    }

    /// The node's identity; on the first start it becomes the only member of the new cluster `clusterIdWhenNew`.
    ///
    /// @throws DataDirectoryRefused when the directory is another node's, or part of it is missing
    public NodeIdentity open(int nodeId, String clusterIdWhenNew, RaftSettings settings) {
        return identity(nodeId).orElseGet(() -> found(nodeId, clusterIdWhenNew, settings));
    }

    /// Makes the node the only member of the new cluster `clusterId`. The directory is new.
    public synchronized NodeIdentity found(int nodeId, String clusterId, RaftSettings settings) {
        NodeIdentity identity = new NodeIdentity(clusterId, nodeId, Uuid.randomUuid());
        begin(NodeProperties.ofFounder(identity), () -> writeFirstSnapshot(identity, settings));
        return identity;
    }

    /// Makes the node one of the cluster `clusterId`, which others know. The directory is new.
    public synchronized NodeIdentity join(int nodeId, String clusterId) {
        NodeIdentity identity = new NodeIdentity(clusterId, nodeId, Uuid.randomUuid());
        begin(NodeProperties.ofJoining(identity), () -> {});
        return identity;
    }

    /// Forgets the metadata, keeping the files for whoever wants to look, and goes on as a directory that nobody has
    /// seen: it has no votes to give twice, and it joins its cluster anew.
    public synchronized NodeIdentity startOver() {
        NodeIdentity old = known().identity();
        NodeIdentity identity = new NodeIdentity(old.clusterId(), old.nodeId(), Uuid.randomUuid());
        try {
            // In this order: the log of an interrupted change is that of a directory without a vote.
            write(NodeProperties.ofJoining(identity));
            Files.move(log(), log().resolveSibling(log().getFileName() + "." + old.directoryId()));
            Files.createDirectories(log());
            NodeProperties.syncDirectory(dataDir.resolve("metadata"));
        } catch (IOException e) {
            throw new UncheckedIOException("can't set the metadata aside in " + dataDir + ": " + e, e);
        }
        return identity;
    }

    /// Whether the cluster began with this directory, perhaps as its only node.
    synchronized boolean founded() {
        return known().founded();
    }

    synchronized boolean wasVoter() {
        return known().wasVoter();
    }

    /// Remembers that this directory is a voter of the metadata quorum, for good.
    synchronized void becameVoter() {
        if (!wasVoter()) rewrite(known().asVoter());
    }

    /// The node's epoch as of its last registration; -1 before the first.
    public synchronized long registeredEpoch() {
        return known().registeredEpoch();
    }

    /// Remembers the node's epoch. On disk when it returns.
    public synchronized void registered(long epoch) {
        if (epoch != registeredEpoch()) rewrite(known().registeredAt(epoch));
    }

    private void rewrite(NodeProperties changed) {
        try {
            write(changed);
        } catch (IOException e) {
            throw new UncheckedIOException("can't write to data directory " + dataDir + ": " + e, e);
        }
    }

    private void write(NodeProperties changed) throws IOException {
        changed.write(dataDir);
        properties = changed;
    }

    private NodeProperties known() {
        NodeProperties known = properties;
        if (known == null) throw new IllegalStateException(dataDir + " was not opened");
        return known;
    }

    private void begin(NodeProperties first, Runnable contents) {
        try {
            removeInterruptedBeginning();
            Files.createDirectories(log());
            contents.run();
            for (Path directory : List.of(log(), dataDir.resolve("metadata"), dataDir))
                NodeProperties.syncDirectory(directory);
            write(first);
        } catch (IOException e) {
            throw new UncheckedIOException("can't use data directory " + dataDir + ": " + e, e);
        }
    }

    private void writeFirstSnapshot(NodeIdentity identity, RaftSettings settings) {
        DynamicVoter self = new DynamicVoter(
                identity.directoryId(),
                identity.nodeId(),
                settings.address().getHostString(),
                settings.address().getPort());
        try (RecordsSnapshotWriter<RaftEntry> writer = new RecordsSnapshotWriter.Builder()
                .setRawSnapshotWriter(FileRawSnapshotWriter.create(log(), Snapshots.BOOTSTRAP_SNAPSHOT_ID))
                .setKraftVersion(KRaftVersion.KRAFT_VERSION_1)
                .setVoterSet(Optional.of(new DynamicVoters(List.of(self)).toVoterSet(settings.listener())))
                .build(new RaftEntry.Serde())) {
            writer.freeze();
        }
    }

    /// A founder has a snapshot at any time, and a voter its votes; who only follows may have nothing yet.
    private boolean hasLog(NodeProperties found) {
        if (!Files.isDirectory(log())) return false;
        if (!found.founded()) return !found.wasVoter() || Files.exists(quorumState());
        try (Stream<Path> files = Files.list(log())) {
            return files.anyMatch(file -> file.toString().endsWith(Snapshots.SUFFIX));
        } catch (IOException e) {
            throw new UncheckedIOException("can't use data directory " + dataDir + ": " + e, e);
        }
    }

    /// Only what a first start writes is removed; anything more is somebody's metadata.
    private void removeInterruptedBeginning() throws IOException {
        if (!Files.isDirectory(log())) return;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(log())) {
            for (Path file : files) {
                if (!file.getFileName().toString().startsWith(SNAPSHOT_OF_THE_BEGINNING)) {
                    throw new DataDirectoryRefused("there is a metadata log in " + log() + ", but no "
                            + NodeProperties.FILE_NAME + " in " + dataDir + "; restore that file from a backup");
                }
            }
        }
        Files.deleteIfExists(log().resolve(SNAPSHOT_OF_THE_BEGINNING));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(log())) {
            for (Path temporary : files) Files.delete(temporary);
        }
    }
}
