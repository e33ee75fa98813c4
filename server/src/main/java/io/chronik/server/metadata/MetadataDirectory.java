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

/// The directories of the metadata log inside a data directory, and how they begin.
///
///     <dataDir>/node.properties                     written last: what came before counts only with it
///     <dataDir>/metadata/__cluster_metadata-0/      segments, snapshots, epochs
///     <dataDir>/metadata/__cluster_metadata-0/quorum-state
///
/// A first start writes snapshot 0-0, which says that this node is the only voter, instead of a format step. When it
/// was interrupted before `node.properties` was there, the next start begins again.
public final class MetadataDirectory {
    private static final String SNAPSHOT_OF_THE_BEGINNING = "00000000000000000000-0000000000.checkpoint";

    private final Path dataDir;

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

    /// The node's identity; on the first start it becomes the only member of the new cluster `clusterIdWhenNew`.
    ///
    /// @throws DataDirectoryRefused when the directory is another node's, or part of it is missing
    public NodeIdentity open(int nodeId, String clusterIdWhenNew, RaftSettings settings) {
        Optional<NodeIdentity> found = NodeProperties.read(dataDir, nodeId);
        try {
            if (found.isEmpty()) return begin(new NodeIdentity(clusterIdWhenNew, nodeId, Uuid.randomUuid()), settings);
            if (!hasLog()) {
                throw new DataDirectoryRefused("the metadata log " + log() + " is missing, but " + dataDir
                        + " was in use; restore it from a backup, or use an empty --data-dir");
            }
            return found.get();
        } catch (IOException e) {
            throw new UncheckedIOException("can't use data directory " + dataDir + ": " + e, e);
        }
    }

    private NodeIdentity begin(NodeIdentity identity, RaftSettings settings) throws IOException {
        removeInterruptedBeginning();
        Files.createDirectories(log());
        writeFirstSnapshot(identity, settings);
        for (Path directory : List.of(log(), log().getParent(), dataDir)) NodeProperties.syncDirectory(directory);
        NodeProperties.write(dataDir, identity);
        return identity;
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

    private boolean hasLog() throws IOException {
        if (!Files.isDirectory(log())) return false;
        try (Stream<Path> files = Files.list(log())) {
            return files.anyMatch(file -> file.toString().endsWith(Snapshots.SUFFIX));
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
