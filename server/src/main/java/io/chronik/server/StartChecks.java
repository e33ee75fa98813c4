package io.chronik.server;

import io.chronik.server.config.HostPort;
import io.chronik.server.config.Listener;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.metadata.NodeProperties;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/// What is looked at before anything is opened, so that a start that cannot succeed changes nothing.
final class StartChecks {
    private StartChecks() {}

    /// The ports of all client listeners, which are free now; port 0 becomes a free one.
    static Map<String, Integer> freePorts(NodeConfig config) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (Listener listener : config.listeners().clients()) {
            ports.put(listener.name(), freePort(listener.bind(), "listener " + listener.name()));
        }
        freePort(config.listeners().internal().bind(), "the internal listener");
        config.listeners().httpAddress().ifPresent(http -> freePort(http, "the HTTP listener"));
        return ports;
    }

    private static int freePort(HostPort address, String who) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            InetAddress host = address.host().isEmpty() ? null : InetAddress.getByName(address.host());
            probe.bind(new InetSocketAddress(host, address.port()));
            return probe.getLocalPort();
        } catch (IOException failure) {
            throw new StartFailure(
                    who + " cannot listen on " + address + " (" + failure.getMessage()
                            + "): stop the process that uses the port, or choose another with --port-offset or --set",
                    failure);
        }
    }

    /// The data directory can be used, and is this node's.
    static void dataDirectory(NodeConfig config) {
        Path directory = config.storage().directory();
        Path existing = directory.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) existing = existing.getParent();
        if (existing == null || !Files.isDirectory(existing)) {
            throw new StartFailure(
                    "the data directory " + directory + " is not a directory; choose another with --data-dir");
        }
        if (!Files.isWritable(existing)) {
            throw new StartFailure("cannot write to " + existing + "; give this user the right to, or choose another"
                    + " directory with --data-dir");
        }
        var found = NodeProperties.read(directory, config.nodeId());
        if (found.isEmpty() && Files.exists(directory.resolve("meta.properties"))) {
            throw new StartFailure("the data directory " + directory + " belongs to an Apache Kafka (it has a"
                    + " meta.properties); choose another with --data-dir");
        }
        Optional<String> expected = config.expectedClusterId();
        if (found.isPresent() && expected.isPresent()) {
            NodeProperties.checkCluster(directory, found.get().identity(), expected.get());
        }
    }

    /// The failure as one line for the operator.
    static RuntimeException explained(Exception failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof StartFailure known) return known;
        String message = cause.getMessage();
        return new StartFailure(message == null ? cause.toString() : message, cause);
    }
}
