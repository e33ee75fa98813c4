package io.chronik.server.metadata;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// The file `node.properties` at the top of the data directory: the node's [identity][NodeIdentity], and what it must
/// remember of its part in the cluster. Its first version is written last of all that a first start writes: a directory
/// without the file was never used.
///
///     version=2
///     cluster.id=4L6g3nShT-eMCtK--X86sw
///     node.id=1
///     directory.id=zMBNfLhTTcO0p3sAmpLbHg
///     founded=false
///     was.voter=true
///     registered.epoch=4711
///
/// `founded`: whether this directory began the cluster; otherwise it joined one.
/// `wasVoter`: it was a voter of the metadata quorum, so its votes count, and it never makes itself a voter again.
/// `registeredEpoch`: the node's epoch as of its last registration; -1 before the first.
///
/// Version 1 knew single nodes only: founded and voters.
public record NodeProperties(NodeIdentity identity, boolean founded, boolean wasVoter, long registeredEpoch) {
    public static final String FILE_NAME = "node.properties";
    private static final int NEWEST_VERSION = 2;

    static NodeProperties ofFounder(NodeIdentity identity) {
        return new NodeProperties(identity, true, true, -1);
    }

    static NodeProperties ofJoining(NodeIdentity identity) {
        return new NodeProperties(identity, false, false, -1);
    }

    NodeProperties asVoter() {
        return new NodeProperties(identity, founded, true, registeredEpoch);
    }

    NodeProperties registeredAt(long epoch) {
        return new NodeProperties(identity, founded, wasVoter, epoch);
    }

    /// What is in `dataDir`; empty when the directory is new.
    ///
    /// @throws DataDirectoryRefused when it belongs to another node, or the file can't be understood
    public static Optional<NodeProperties> read(Path dataDir, int nodeId) {
        Path file = dataDir.resolve(FILE_NAME);
        if (!Files.exists(file)) return Optional.empty();
        NodeProperties found = parse(file, load(file));
        int owner = found.identity().nodeId();
        if (owner != nodeId) {
            throw new DataDirectoryRefused("data directory " + dataDir + " belongs to node " + owner + ", not to node "
                    + nodeId + "; use --node-id " + owner + " or another --data-dir");
        }
        return Optional.of(found);
    }

    /// Fails unless `found` belongs to the cluster `clusterId`.
    ///
    /// @throws DataDirectoryRefused otherwise
    public static void checkCluster(Path dataDir, NodeIdentity found, String clusterId) {
        if (!found.clusterId().equals(clusterId)) {
            throw new DataDirectoryRefused("data directory " + dataDir + " belongs to cluster " + found.clusterId()
                    + ", not to cluster " + clusterId + "; use another --data-dir");
        }
    }

    /// Writes the file: after this returns it is on disk, whole.
    void write(Path dataDir) throws IOException {
        String text = "# The identity of this data directory. Never edit or copy it.\n"
                + "version=" + NEWEST_VERSION + "\n"
                + "cluster.id=" + identity.clusterId() + "\n"
                + "node.id=" + identity.nodeId() + "\n"
                + "directory.id=" + identity.directoryId() + "\n"
                + "founded=" + founded + "\n"
                + "was.voter=" + wasVoter + "\n"
                + "registered.epoch=" + registeredEpoch + "\n";
        Path file = dataDir.resolve(FILE_NAME);
        Path temporary = dataDir.resolve(FILE_NAME + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) channel.write(bytes);
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(dataDir);
    }

    static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Properties load(Path file) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file)));
        } catch (IOException | IllegalArgumentException e) {
            throw new DataDirectoryRefused("can't read " + file + ": " + e.getMessage(), e);
        }
        return properties;
    }

    private static NodeProperties parse(Path file, Properties properties) {
        String version = property(file, properties, "version");
        if (!version.equals("1") && !version.equals("2")) {
            throw new DataDirectoryRefused(file + " has version " + version
                    + ", which this version of Chronik does not know; start it with the newer Chronik that wrote it");
        }
        try {
            NodeIdentity identity = new NodeIdentity(
                    property(file, properties, "cluster.id"),
                    Integer.parseInt(property(file, properties, "node.id")),
                    Uuid.fromString(property(file, properties, "directory.id")));
            if (version.equals("1")) return ofFounder(identity);
            return new NodeProperties(
                    identity,
                    flag(property(file, properties, "founded")),
                    flag(property(file, properties, "was.voter")),
                    Long.parseLong(property(file, properties, "registered.epoch")));
        } catch (IllegalArgumentException e) {
            throw new DataDirectoryRefused(file + " is damaged: " + e.getMessage() + "; restore it from a backup", e);
        }
    }

    private static boolean flag(String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false: " + value);
        };
    }

    private static String property(Path file, Properties properties, String name) {
        @Nullable String value = properties.getProperty(name);
        if (value == null || value.isBlank()) {
            throw new DataDirectoryRefused(file + " is damaged: " + name + " is missing; restore it from a backup");
        }
        return value.trim();
    }
}
