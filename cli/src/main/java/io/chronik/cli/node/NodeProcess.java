package io.chronik.cli.node;

import io.chronik.cli.Version;
import io.chronik.cli.output.Failure;
import io.chronik.server.Node;
import io.chronik.server.StartFailure;
import io.chronik.server.config.HostPort;
import io.chronik.server.config.Listener;
import io.chronik.server.config.NodeConfig;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/// A node as the process's only purpose: started, announced, stopped by a signal, or ended at once by a fatal failure.
///
/// Exit codes: 0 after a clean stop, 1 when it could not start or had to end.
final class NodeProcess {
    private final NodeConfig config;
    private final PrintWriter out;
    private final PrintWriter err;

    NodeProcess(NodeConfig config, PrintWriter out, PrintWriter err) {
        this.config = config;
        this.out = out;
        this.err = err;
    }

    /// Returns only when the node could not start; otherwise the process ends in here.
    int run() {
        long startedNs = System.nanoTime();
        banner();
        Node node = start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "stop"));
        announce(node, startedNs);
        awaitSignal();
        return 0;
    }

    private void banner() {
        out.println("Chronik " + Version.text() + ", node " + config.nodeId() + ", data in "
                + config.storage().directory().toAbsolutePath().normalize());
        out.flush();
    }

    private Node start() {
        try {
            return Node.start(config, this::onFatal);
        } catch (StartFailure failure) {
            throw new Failure(String.valueOf(failure.getMessage()), failure);
        }
    }

    /// The one line with the word that scripts wait for.
    private void announce(Node node, long startedNs) {
        long tookMs = (System.nanoTime() - startedNs) / 1_000_000;
        String clients = config.listeners().clients().stream()
                .map(listener -> address(listener, node))
                .collect(Collectors.joining(", "));
        String http = config.listeners()
                .httpAddress()
                .map(address -> ", HTTP on " + address)
                .orElse("");
        out.println("Chronik is ready: Kafka on " + clients + http + " (" + tookMs + " ms)");
        out.flush();
    }

    private static String address(Listener listener, Node node) {
        HostPort bind = listener.bind();
        int port = node.ports().getOrDefault(listener.name(), bind.port());
        return new HostPort(bind.host().isEmpty() ? "0.0.0.0" : bind.host(), port).toString();
    }

    /// Until SIGTERM or SIGINT start the shutdown hook, which ends the process.
    private static void awaitSignal() {
        CountDownLatch never = new CountDownLatch(1);
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// In the shutdown hook. Halts, because the JVM would otherwise report the signal as a failure (143).
    private void stop(Node node) {
        node.close();
        out.println("Chronik has stopped.");
        out.flush();
        Runtime.getRuntime().halt(0);
    }

    /// The node has logged why. Without a clean stop: that would vouch for what is in doubt.
    private void onFatal(Throwable cause) {
        err.println("chronik: the node had to stop: " + cause);
        err.flush();
        Runtime.getRuntime().halt(1);
    }
}
