package io.chronik.it.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// Free TCP ports on loopback for processes that this test starts.
public final class Ports {
    /// Below Linux's range for outgoing connections (32768-60999): a client that reconnects while its node is down
    /// could otherwise be given the node's own port as its local one.
    private static final int FIRST = 20_500;

    private static final int LAST = 32_700;

    /// Several nodes get their ports before the first of them is started.
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /// `count` neighbouring ports that nobody listens on now; the first is returned.
    public static int free(int count) {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(FIRST, LAST - count);
            if (allFree(first, count)) {
                return first;
            }
        }
        throw new IllegalStateException("no " + count + " free neighbouring ports between " + FIRST + " and " + LAST);
    }

    private static synchronized boolean allFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            if (GIVEN.contains(port)) {
                return false;
            }
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                socket.setReuseAddress(true);
            } catch (IOException taken) {
                return false;
            }
        }
        for (int port = first; port < first + count; port++) {
            GIVEN.add(port);
        }
        return true;
    }
}
