package io.chronik.bench.broker;

import io.chronik.bench.load.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Several nodes of one kind on this machine, as one cluster.
public final class BrokerCluster implements Brokers {
    private final List<BrokerProcess> nodes;
    private final @Nullable Namespaces network;

    private BrokerCluster(List<BrokerProcess> nodes, @Nullable Namespaces network) {
        this.nodes = List.copyOf(nodes);
        this.network = network;
    }

    /// Starts all at the same time. Returns before they serve.
    public static BrokerCluster start(Recipe recipe, Path work, int count) {
        List<Integer> ports = BrokerProcess.freePorts(count);
        List<Seat> seats = new ArrayList<>();
        for (int id = 1; id <= count; id++) seats.add(Seat.onLoopback(id, ports));
        return new BrokerCluster(start(recipe, work, seats), null);
    }

    /// The same, each node in a network namespace of its own, so that it can be cut off.
    public static BrokerCluster startInNamespaces(Recipe recipe, Path work, int count) {
        List<Integer> ports = BrokerProcess.freePorts(count);
        Namespaces network = Namespaces.of(count);
        List<Seat> seats = new ArrayList<>();
        for (int id = 1; id <= count; id++) seats.add(new Seat(id, network.hosts(), ports, network.command(id)));
        try {
            return new BrokerCluster(start(recipe, work, seats), network);
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private static List<BrokerProcess> start(Recipe recipe, Path work, List<Seat> seats) {
        List<BrokerProcess> nodes = new ArrayList<>();
        try {
            for (Seat seat : seats) nodes.add(BrokerProcess.start(recipe, work, seat));
            return nodes;
        } catch (RuntimeException e) {
            nodes.forEach(BrokerProcess::close);
            throw e;
        }
    }

    @Override
    public Target target() {
        return new Target(
                nodes.stream().map(BrokerProcess::bootstrap).collect(Collectors.joining(",")),
                nodes.stream().map(BrokerProcess::pid).toList());
    }

    @Override
    public void pause() {
        nodes.forEach(BrokerProcess::pause);
    }

    @Override
    public void resume() {
        nodes.forEach(BrokerProcess::resume);
    }

    @Override
    public long sizeBytes() {
        return nodes.stream().mapToLong(BrokerProcess::sizeBytes).sum();
    }

    public BrokerProcess node(int id) {
        return nodes.get(id - 1);
    }

    public List<BrokerProcess> nodes() {
        return nodes;
    }

    /// Nothing gets from or to the node any more without anybody being told, not even to and from clients with
    /// `clientsToo`.
    public void cutOff(int id, boolean clientsToo) {
        network().cutOff(id, clientsToo);
    }

    /// Ends all cuts.
    public void heal() {
        network().heal();
    }

    private Namespaces network() {
        if (network == null) throw new IllegalStateException("only nodes in namespaces can be cut off");
        return network;
    }

    @Override
    public void close() {
        nodes.forEach(BrokerProcess::close);
        if (network != null) network.close();
    }
}
