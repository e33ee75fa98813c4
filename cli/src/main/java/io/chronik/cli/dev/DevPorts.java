package io.chronik.cli.dev;

import io.chronik.cli.output.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// The ports of one development node: for clients, for other nodes, for HTTP.
record DevPorts(int kafka, int internal, int http) {
    /// Node 1 has the ports that every command takes by default, node 2 those plus this, and so on.
    static final int STEP = 100;

    /// Below the range that systems give to outgoing connections, so that no client ever holds one of them.
    private static final int FIRST = 21_000;

    private static final int LAST = 32_000;
    private static final int ATTEMPTS = 1_000;

    /// The same at every start.
    static DevPorts fixed(int node) {
        int offset = (node - 1) * STEP;
        return new DevPorts(9092 + offset, 9093 + offset, 8080 + offset);
    }

    /// The fixed ports of `node`.
    ///
    /// @throws Failure when one of them is taken
    static DevPorts free(int node) {
        DevPorts ports = fixed(node);
        for (int port : ports.all()) {
            if (!isFree(port)) {
                throw new Failure("port " + port + " for node " + node + " is taken; stop what uses it, or let the"
                        + " nodes have any free ports with --any-port");
            }
        }
        return ports;
    }

    /// Any that are free and that none of `taken` has.
    static DevPorts any(List<DevPorts> taken) {
        SplittableRandom random = new SplittableRandom();
        List<Integer> used = new ArrayList<>();
        taken.forEach(ports -> used.addAll(ports.all()));
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int first = random.nextInt(FIRST, LAST);
            DevPorts ports = new DevPorts(first, first + 1, first + 2);
            if (ports.all().stream().allMatch(port -> !used.contains(port) && isFree(port))) {
                return ports;
            }
        }
        throw new Failure("there are no free ports between " + FIRST + " and " + LAST);
    }

    private List<Integer> all() {
        return List.of(kafka, internal, http);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
