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
        NodeProperties written = new NodeProperties(identity, false, true, 4711);
        written.write(dataDir);

        // Then
        assertThat(NodeProperties.read(dataDir, 7)).contains(written);
        assertThat(files()).containsExactly(NodeProperties.FILE_NAME);
    }

    @Test
    void aFileOfASingleNodeReleaseIsAFoundersAndAVoters() throws Exception {
        // When
        Files.writeString(
                dataDir.resolve(NodeProperties.FILE_NAME),
                "version=1\ncluster.id=c\nnode.id=1\ndirectory.id=AAAAAAAA_u0AAAAAAAC-7w\n");

        // Then
        NodeIdentity identity = new NodeIdentity("c", 1, Uuid.fromString("AAAAAAAA_u0AAAAAAAC-7w"));
        assertThat(NodeProperties.read(dataDir, 1)).contains(new NodeProperties(identity, true, true, -1));
    }

    @Test
    void whatANodeRemembersComesBack() {
        // Given
        MetadataDirectory directory = new MetadataDirectory(dataDir);
        directory.join(3, "c");

        // When
        directory.becameVoter();
        directory.registered(42);

        // Then
        NodeProperties found = NodeProperties.read(dataDir, 3).orElseThrow();
        assertThat(found.founded()).isFalse();
        assertThat(found.wasVoter()).isTrue();
        assertThat(found.registeredEpoch()).isEqualTo(42);
    }

    @Test
    void aVoterThatLostItsVotesIsRefused() throws Exception {
        // Given
        MetadataDirectory directory = new MetadataDirectory(dataDir);
        directory.join(3, "c");
        Files.writeString(directory.quorumState(), "votes");
        directory.becameVoter();
        assertThat(directory.identity(3)).isPresent();

        // When
        Files.delete(directory.quorumState());

        // Then
        assertThatThrownBy(() -> directory.identity(3))
                .isInstanceOf(DataDirectoryRefused.class)
                .hasMessageContaining("is missing");
    }

    @Test
    void whoStartsOverIsAnotherDirectoryOfTheSameNode() {
        // Given
        MetadataDirectory directory = new MetadataDirectory(dataDir);
        NodeIdentity before = directory.open(1, "c", SETTINGS);

        // When
        NodeIdentity after = directory.startOver();

        // Then
        assertThat(after.clusterId()).isEqualTo("c");
        assertThat(after.directoryId()).isNotEqualTo(before.directoryId());
        assertThat(directory.wasVoter()).isFalse();
        assertThat(directory.log()).isEmptyDirectory();
        assertThat(new MetadataDirectory(dataDir).identity(1)).contains(after);
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
                "version=2\ncluster.id=c\nnode.id=1\ndirectory.id=AAAAAAAA_u0AAAAAAAC-7w\nfounded=yes\nwas.voter=true\n",
                "version=3\ncluster.id=c\nnode.id=1\ndirectory.id=AAAAAAAA_u0AAAAAAAC-7w\n",
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
