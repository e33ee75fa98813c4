package io.chronik.it.cluster;

import java.util.List;

/// What lies between the nodes of a cluster under test, and between them and the clients, which are in the tests' own
/// process.
public interface ClusterNetwork extends AutoCloseable {
    /// Stands for all clients where a node's id is asked for.
    int CLIENTS = 0;

    /// Which packets between two get lost.
    enum Direction {
        BOTH,
        /// Only those from the first to the second.
        ONE_WAY
    }

    /// The address that node `node` has.
    String host(int node);

    /// What a command that shall run as node `node` is an argument of; empty when nothing is needed.
    List<String> inNamespace(int node);

    /// From now on packets between `a` and `b` get lost without a word; connections stay as they are.
    void cut(int a, int b, Direction direction);

    /// Ends all cuts.
    void heal();

    @Override
    void close();
}
