package io.chronik.it.cluster;

import io.chronik.it.node.NodeProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes on loopback for each test, healthy when it begins.
@Tag("cluster")
abstract class ClusterTestBase {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    protected ClusterProcess cluster;

    @BeforeEach
    final void startCluster() {
        cluster = ClusterProcess.of(3, directory, network(), this::setUp);
        cluster.start();
        cluster.awaitHealthy(3);
    }

    @AfterEach
    final void stopCluster() {
        cluster.close();
    }

    /// What lies between the nodes.
    protected ClusterNetwork network() {
        return new LoopbackNetwork();
    }

    /// Settings of every node.
    protected void setUp(NodeProcess node) {}
}
