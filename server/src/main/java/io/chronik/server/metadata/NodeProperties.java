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

/// The file `node.properties` at the top of the data directory, which holds the node's [identity][NodeIdentity].
/// It is written once, last of all that a first start writes: a directory without it was never used.
///
///     version=1
///     cluster.id=4L6g3nShT-eMCtK--X86sw
///     node.id=1
///     directory.id=zMBNfLhTTcO0p3sAmpLbHg
public final class NodeProperties {
    public static final String FILE_NAME = "node.properties";
    private static final String VERSION = "1";

    private NodeProperties() {}

    /// The identity in `dataDir`; empty when the directory is new.
    ///
    /// @throws DataDirectoryRefused when it belongs to another node, or the file can't be understood
    public static Optional<NodeIdentity> read(Path dataDir, int nodeId) {
        Path file = dataDir.resolve(FILE_NAME);
        if (!Files.exists(file)) return Optional.empty();
        Properties properties = load(file);
        String version = property(file, properties, "version");
        if (!version.equals(VERSION)) {
            throw new DataDirectoryRefused(file + " has version " + version
                    + ", which this version of Chronik does not know; start it with the newer Chronik that wrote it");
        }
        NodeIdentity found = parse(file, properties);
        if (found.nodeId() != nodeId) {
            throw new DataDirectoryRefused("data directory " + dataDir + " belongs to node " + found.nodeId()
                    + ", not to node " + nodeId + "; use --node-id " + found.nodeId() + " or another --data-dir");
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
    static void write(Path dataDir, NodeIdentity identity) throws IOException {
        String text = "# The identity of this data directory. Never edit or copy it.\n"
                + "version=" + VERSION + "\n"
                + "cluster.id=" + identity.clusterId() + "\n"
                + "node.id=" + identity.nodeId() + "\n"
                + "directory.id=" + identity.directoryId() + "\n";
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

    private static NodeIdentity parse(Path file, Properties properties) {
        try {
            return new NodeIdentity(
                    property(file, properties, "cluster.id"),
                    Integer.parseInt(property(file, properties, "node.id")),
                    Uuid.fromString(property(file, properties, "directory.id")));
        } catch (IllegalArgumentException e) {
            throw new DataDirectoryRefused(file + " is damaged: " + e.getMessage() + "; restore it from a backup", e);
        }
    }

    private static String property(Path file, Properties properties, String name) {
        @Nullable String value = properties.getProperty(name);
        if (value == null || value.isBlank()) {
            throw new DataDirectoryRefused(file + " is damaged: " + name + " is missing; restore it from a backup");
        }
        return value.trim();
    }
}
