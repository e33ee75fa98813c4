package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodePropertiesTest {
    private static final RaftSettings SETTINGS =
            RaftSettings.defaults("INTERNAL", InetSocketAddress.createUnresolved("127.0.0.1", 9093));

    @TempDir
    Path dataDir;

    @Test
    void anIdentityComesBackAsItWasWritten() throws Exception {
        // Given
        NodeIdentity identity = new NodeIdentity("cluster", 7, Uuid.randomUuid());

        // When
        NodeProperties.write(dataDir, identity);

        // Then
        assertThat(NodeProperties.read(dataDir, 7)).contains(identity);
        assertThat(files()).containsExactly(NodeProperties.FILE_NAME);
    }

    @Test
    void anotherClustersDirectoryIsRefused() {
        // When
        NodeIdentity found = new NodeIdentity("theirs", 1, Uuid.randomUuid());

        // Then
        assertThatThrownBy(() -> NodeProperties.checkCluster(dataDir, found, "ours"))
                .isInstanceOf(DataDirectoryRefused.class)
                .hasMessageContaining("belongs to cluster theirs, not to cluster ours");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "version=1\n",
                "version=2\ncluster.id=c\nnode.id=1\ndirectory.id=AAAAAAAA_u0AAAAAAAC-7w\n",
                "version=1\ncluster.id=c\nnode.id=one\ndirectory.id=AAAAAAAA_u0AAAAAAAC-7w\n",
                "version=1\ncluster.id=c\nnode.id=1\ndirectory.id=?\n",
                "version=1\ncluster.id=\nnode.id=1\ndirectory.id=AAAAAAAA_u0AAAAAAAC-7w\n",
                "version=\\u00g1"
            })
    void aFileThatCanNotBeUnderstoodIsRefused(String text) throws Exception {
        // When
        Files.writeString(dataDir.resolve(NodeProperties.FILE_NAME), text);

        // Then
        assertThatThrownBy(() -> NodeProperties.read(dataDir, 1))
                .isInstanceOf(DataDirectoryRefused.class)
                .hasMessageContaining(NodeProperties.FILE_NAME);
    }

    @Test
    void anInterruptedFirstStartBeginsAgain() throws Exception {
        // Given
        MetadataDirectory directory = new MetadataDirectory(dataDir);
        NodeIdentity first = directory.open(1, "c", SETTINGS);
        Files.delete(dataDir.resolve(NodeProperties.FILE_NAME));

        // When
        NodeIdentity second = directory.open(1, "c", SETTINGS);

        // Then
        assertThat(second.directoryId()).isNotEqualTo(first.directoryId());
        assertThat(directory.open(1, "c", SETTINGS)).isEqualTo(second);
    }

    @Test
    void aMetadataLogWithoutIdentityIsNeverOverwritten() throws Exception {
        // Given
        MetadataDirectory directory = new MetadataDirectory(dataDir);
        directory.open(1, "c", SETTINGS);
        Files.delete(dataDir.resolve(NodeProperties.FILE_NAME));
        Path segment = Files.writeString(directory.log().resolve("00000000000000000000.log"), "precious");

        // When
        assertThatThrownBy(() -> directory.open(1, "c", SETTINGS))
                .isInstanceOf(DataDirectoryRefused.class)
                .hasMessageContaining("restore that file");

        // Then
        assertThat(segment).hasContent("precious");
    }

    @Test
    void aDirectoryThatLostItsMetadataIsRefused() throws Exception {
        // Given
        MetadataDirectory directory = new MetadataDirectory(dataDir);
        directory.open(1, "c", SETTINGS);
        try (Stream<Path> files = Files.list(directory.log())) {
            for (Path file : files.toList()) Files.delete(file);
        }

        // When
        List<String> before = files();

        // Then
        assertThatThrownBy(() -> directory.open(1, "c", SETTINGS))
                .isInstanceOf(DataDirectoryRefused.class)
                .hasMessageContaining("is missing");
        assertThat(files()).isEqualTo(before);
    }

    private List<String> files() throws Exception {
        try (Stream<Path> files = Files.list(dataDir)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
