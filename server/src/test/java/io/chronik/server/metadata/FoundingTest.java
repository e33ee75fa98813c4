package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.Formation.Answer;
import io.chronik.server.metadata.Formation.Next;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes of one list with data directories, from the first question to their identity.
class FoundingTest {
    private static final RaftSettings SETTINGS =
            RaftSettings.defaults("INTERNAL", InetSocketAddress.createUnresolved("127.0.0.1", 9093));

    @TempDir
    Path root;

    private final TestLane lane = new TestLane();
    /// What is answered at each address; an address without one refuses.
    private final Map<HostPort, DescribeClusterResponseData> up = new ConcurrentHashMap<>();

    @AfterEach
    void close() {
        lane.close();
    }

    @Test
    void threeFreshNodesBecomeOneCluster() {
        // When
        CompletableFuture<NodeIdentity> third = start(3);
        CompletableFuture<NodeIdentity> first = start(1);
        CompletableFuture<NodeIdentity> second = start(2);

        // Then
        String clusterId = identity(first).clusterId();
        assertThat(identity(second).clusterId()).isEqualTo(clusterId);
        assertThat(identity(third).clusterId()).isEqualTo(clusterId);
        assertThat(NodeProperties.read(directory(1), 1).orElseThrow().founded()).isTrue();
        assertThat(NodeProperties.read(directory(2), 2).orElseThrow().founded()).isFalse();
    }

    @Test
    void aFounderWithoutItsDiskFindsItsClusterAgain() throws Exception {
        // Given
        String clusterId = "";
        for (CompletableFuture<NodeIdentity> node : List.of(start(1), start(2), start(3))) {
            clusterId = identity(node).clusterId();
        }
        for (int id : new int[] {1, 2, 3}) up.remove(address(id));
        deleteAll(directory(1));

        // When
        CompletableFuture<NodeIdentity> founder = start(1);
        assertThat(founder).isNotDone();
        CompletableFuture<NodeIdentity> third = start(3);

        // Then
        assertThat(identity(third).clusterId()).isEqualTo(clusterId);
        assertThat(identity(founder).clusterId()).isEqualTo(clusterId);
        assertThat(NodeProperties.read(directory(1), 1).orElseThrow().founded()).isFalse();
    }

    @Test
    void anotherClusterThanTheOperatorMeansIsRefused() {
        // When
        MetadataDirectory directory = new MetadataDirectory(directory(1));

        // Then
        assertThatThrownBy(() ->
                        ClusterSearch.settle(new Next.Join("theirs"), 1, Optional.of("ours"), directory, SETTINGS))
                .isInstanceOf(DataDirectoryRefused.class)
                .hasMessageContaining("belong to cluster theirs, not to cluster ours");
        assertThat(directory(1)).doesNotExist();
    }

    @Test
    void anAnswerWithoutAClusterNamesTheNode() {
        // Given
        DescribeClusterResponseData looking = ClusterSearch.answer(Optional.empty(), 7, address(7));

        // Then
        assertThat(ClusterSearch.read(looking)).isEqualTo(new Answer.Looking(7));
        assertThat(ClusterSearch.read(looking.duplicate().setClusterId("c"))).isEqualTo(new Answer.Member("c"));
        assertThat(ClusterSearch.read(new DescribeClusterResponseData().setErrorCode((short) 35)))
                .isEqualTo(new Answer.Silence());
    }

    /// As a node does: it answers while it looks, and says its cluster when it has one.
    private CompletableFuture<NodeIdentity> start(int id) {
        MetadataDirectory directory = new MetadataDirectory(directory(id));
        Optional<NodeIdentity> known = directory.identity(id);
        serve(directory, id);
        if (known.isPresent()) return CompletableFuture.completedFuture(known.get());
        TreeMap<Integer, HostPort> founders = new TreeMap<>();
        for (int other = 1; other <= 3; other++) founders.put(other, address(other));
        return new ClusterSearch(new Formation(id, founders, List.of()), this::ask, lane)
                .start()
                .thenApply(next -> {
                    NodeIdentity identity = ClusterSearch.settle(next, id, Optional.empty(), directory, SETTINGS);
                    serve(directory, id);
                    return identity;
                });
    }

    private void serve(MetadataDirectory directory, int id) {
        up.put(address(id), ClusterSearch.answer(directory.clusterId(), id, address(id)));
    }

    private CompletableFuture<Answer> ask(HostPort address) {
        DescribeClusterResponseData answer = up.get(address);
        return answer == null
                ? CompletableFuture.failedFuture(new DisconnectException("refused"))
                : CompletableFuture.completedFuture(ClusterSearch.read(answer));
    }

    private static NodeIdentity identity(CompletableFuture<NodeIdentity> node) {
        return node.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private Path directory(int id) {
        return root.resolve("node-" + id);
    }

    private static HostPort address(int id) {
        return new HostPort("host-" + id, 9093);
    }

    private static void deleteAll(Path directory) throws Exception {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) Files.delete(file);
        }
    }
}
