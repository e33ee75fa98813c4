package io.chronik.it.cluster;

import io.chronik.it.node.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// A network namespace per node, joined by a bridge on which the clients are too. Needs root and `ip`.
///
/// A cut is a wrong hardware address: the sender is told that the other one has an address which nobody has, so its
/// packets reach no one and it hears of nothing. That works for one direction alone, needs no packet filter, and ends
/// when the right address is asked for again.
public final class NetnsNetwork implements ClusterNetwork {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String NOBODY = "02:00:00:00:00:01";

    /// The number of the clients' address, in the place of a node's id.
    private static final int CLIENTS_HOST = 254;

    private final String name;
    private final int subnet;
    private final int nodes;

    private record Cut(int from, int to) {}

    private final List<Cut> cuts = new ArrayList<>();

    private NetnsNetwork(String name, int subnet, int nodes) {
        this.name = name;
        this.subnet = subnet;
        this.nodes = nodes;
    }

    /// Namespaces for nodes 1 to `nodes`.
    ///
    /// @throws AssertionError when this machine does not let us: such tests fail then, they are not skipped
    public static NetnsNetwork of(int nodes) {
        int subnet = freeSubnet();
        NetnsNetwork network =
                new NetnsNetwork("ck" + ProcessHandle.current().pid() % 10_000 + "n" + subnet, subnet, nodes);
        try {
            network.build();
            return network;
        } catch (AssertionError e) {
            network.close();
            throw new AssertionError("no network namespaces here; this test needs root and the `ip` command", e);
        }
    }

    /// What an aborted run has left has routes that would take this one's packets.
    private static int freeSubnet() {
        String used = run("route", "show").expectSuccess().out();
        while (true) {
            int subnet = ThreadLocalRandom.current().nextInt(1, 250);
            if (!used.contains("10.77." + subnet + ".0/24")) {
                return subnet;
            }
        }
    }

    private void build() {
        ip("link", "add", name, "type", "bridge", "stp_state", "0", "forward_delay", "0");
        ip("addr", "add", host(CLIENTS) + "/24", "dev", name);
        ip("link", "set", name, "up");
        for (int node = 1; node <= nodes; node++) {
            ip("netns", "add", namespace(node));
            ip("link", "add", link(node), "type", "veth", "peer", "name", "eth0", "netns", namespace(node));
            ip("link", "set", link(node), "master", name, "up");
            ip("-n", namespace(node), "addr", "add", host(node) + "/24", "dev", "eth0");
            ip("-n", namespace(node), "link", "set", "eth0", "up");
            ip("-n", namespace(node), "link", "set", "lo", "up");
        }
        for (int node = 1; node <= nodes; node++) {
            awaitReachable(node);
        }
    }

    /// The first packets get lost while the bridge learns who is where.
    private void awaitReachable(int node) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (true) {
            Command.Result up = Command.run(LIMIT, List.of("ip", "-n", namespace(node), "-br", "link", "show", "eth0"));
            if (up.out().contains("LOWER_UP")) {
                return;
            }
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError("the link of node " + node + " does not come up: " + up.out());
            }
        }
    }

    @Override
    public String host(int node) {
        return "10.77." + subnet + "." + (node == CLIENTS ? CLIENTS_HOST : node);
    }

    @Override
    public List<String> inNamespace(int node) {
        return List.of("ip", "netns", "exec", namespace(node));
    }

    @Override
    public synchronized void cut(int a, int b, Direction direction) {
        mislead(a, b);
        if (direction == Direction.BOTH) {
            mislead(b, a);
        }
    }

    private void mislead(int from, int to) {
        ip(at(from, "neigh", "replace", host(to), "lladdr", NOBODY, "dev", device(from), "nud", "permanent"));
        cuts.add(new Cut(from, to));
    }

    @Override
    public synchronized void heal() {
        for (Cut cut : cuts) {
            var _ = run(at(cut.from, "neigh", "del", host(cut.to), "dev", device(cut.from)));
        }
        cuts.clear();
    }

    private String[] at(int node, String... arguments) {
        if (node == CLIENTS) {
            return arguments;
        }
        List<String> inside = new ArrayList<>(List.of("-n", namespace(node)));
        inside.addAll(List.of(arguments));
        return inside.toArray(String[]::new);
    }

    private String device(int node) {
        return node == CLIENTS ? name : "eth0";
    }

    private String namespace(int node) {
        return name + "-" + node;
    }

    /// Names of links have 15 characters at most.
    private String link(int node) {
        return name + "v" + node;
    }

    private static void ip(String... arguments) {
        run(arguments).expectSuccess();
    }

    private static Command.Result run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        return Command.run(LIMIT, command);
    }

    /// The nodes must have ended.
    @Override
    public void close() {
        for (int node = 1; node <= nodes; node++) {
            var _ = run("netns", "del", namespace(node));
            var _ = run("link", "del", link(node));
        }
        var _ = run("link", "del", name);
    }
}
