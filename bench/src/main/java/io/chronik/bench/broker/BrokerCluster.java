package io.chronik.bench.broker;

import io.chronik.bench.load.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Several nodes of one kind on this machine, as one cluster.
public final class BrokerCluster implements AutoCloseable {
    private final List<BrokerProcess> nodes;

    private BrokerCluster(List<BrokerProcess> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /// Starts all at the same time. Returns before they serve.
    public static BrokerCluster start(Recipe recipe, Path work, int count) {
        List<Integer> ports = BrokerProcess.freePorts(count);
        List<BrokerProcess> nodes = new ArrayList<>();
        try {
            for (int id = 1; id <= count; id++) nodes.add(BrokerProcess.start(recipe, work, new Seat(id, ports)));
        } catch (RuntimeException e) {
            nodes.forEach(BrokerProcess::close);
            throw e;
        }
        return new BrokerCluster(nodes);
    }

    public Target target() {
        return new Target(
                nodes.stream().map(BrokerProcess::bootstrap).collect(Collectors.joining(",")),
                nodes.stream().map(BrokerProcess::pid).toList());
    }

    public BrokerProcess node(int id) {
        return nodes.get(id - 1);
    }

    public List<BrokerProcess> nodes() {
        return nodes;
    }

    @Override
    public void close() {
        nodes.forEach(BrokerProcess::close);
    }
}
