package io.chronik.bench.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A network namespace per node, joined by a bridge on which the clients are, too. Needs root and `ip`.
///
/// A node is cut off by wrong hardware addresses on both sides: packets reach no one and nobody is told.
public final class Namespaces implements AutoCloseable {
    private static final String NOBODY = "02:00:00:00:00:01";
    private static final int CLIENTS = 254;

    private final String name;
    private final int subnet;
    private final int nodes;

    private record Lie(int told, int about) {}

    private final List<Lie> lies = new ArrayList<>();

    private Namespaces(int nodes) {
        this.nodes = nodes;
        this.subnet = ThreadLocalRandom.current().nextInt(1, 250);
        this.name = "cb" + ProcessHandle.current().pid() % 10_000 + "n" + subnet;
    }

    /// For nodes 1 to `nodes`.
    static Namespaces of(int nodes) {
        Namespaces made = new Namespaces(nodes);
        Runtime.getRuntime().addShutdownHook(new Thread(made::close));
        try {
            made.build();
            return made;
        } catch (IllegalStateException e) {
            made.close();
            throw new IllegalStateException("no network namespaces here; this case needs root and the ip command", e);
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
    }

    String host(int node) {
        return "10.78." + subnet + "." + node;
    }

    List<String> hosts() {
        return IntStream.rangeClosed(1, nodes).mapToObj(this::host).toList();
    }

    /// What a command that shall run as node `node` is an argument of.
    List<String> command(int node) {
        return List.of("ip", "netns", "exec", namespace(node));
    }

    /// From now on nothing gets from or to `node`; what clients send and get too with `clientsToo`.
    synchronized void cutOff(int node, boolean clientsToo) {
        List<Integer> others = new ArrayList<>(IntStream.rangeClosed(1, nodes)
                .filter(other -> other != node)
                .boxed()
                .toList());
        if (clientsToo) others.add(CLIENTS);
        for (int other : others) {
            lie(node, other);
            lie(other, node);
        }
    }

    private void lie(int told, int about) {
        neighbour(told, "replace", host(about), "lladdr", NOBODY, "dev", device(told), "nud", "permanent");
        lies.add(new Lie(told, about));
    }

    /// Ends all cuts.
    synchronized void heal() {
        for (Lie lie : lies) neighbour(lie.told, "del", host(lie.about), "dev", device(lie.told));
        lies.clear();
    }

    private void neighbour(int at, String... change) {
        Stream<String> where = at == CLIENTS ? Stream.of("neigh") : Stream.of("-n", namespace(at), "neigh");
        ip(Stream.concat(where, Stream.of(change)).toArray(String[]::new));
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
        if (!run(arguments)) throw new IllegalStateException("ip " + String.join(" ", arguments) + " failed");
    }

    private static boolean run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        try {
            Process ip = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return ip.waitFor(10, TimeUnit.SECONDS) && ip.exitValue() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The nodes must have ended. Idempotent.
    @Override
    public synchronized void close() {
        for (int node = 1; node <= nodes; node++) {
            var _ = run("netns", "del", namespace(node));
            var _ = run("link", "del", link(node));
        }
        var _ = run("link", "del", name);
    }
}
