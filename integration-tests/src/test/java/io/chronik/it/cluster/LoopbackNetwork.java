package io.chronik.it.cluster;

import io.chronik.it.node.Node;
import java.util.List;

/// All nodes on loopback, each with ports of its own; it cannot be cut.
public final class LoopbackNetwork implements ClusterNetwork {
    private final String host;

    public LoopbackNetwork() {
        this(Node.HOST);
    }

    /// `host` is another name of loopback.
    public LoopbackNetwork(String host) {
        this.host = host;
    }

    @Override
    public String host(int node) {
        return host;
    }

    @Override
    public List<String> inNamespace(int node) {
        return List.of();
    }

    @Override
    public void cut(int a, int b, Direction direction) {
        throw new UnsupportedOperationException("loopback can't be cut; use a NetnsNetwork");
    }

    @Override
    public void heal() {
        // Never cut.
    }

    @Override
    public void close() {
        // Nothing was made.
    }
}
