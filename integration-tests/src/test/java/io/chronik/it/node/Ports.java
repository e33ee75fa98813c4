package io.chronik.it.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Free TCP ports on loopback for processes that this test starts.
public final class Ports {
    /// Below Linux's range for outgoing connections (32768-60999): a client that reconnects while its node is down
    /// could otherwise be given the node's own port as its local one.
    private static final int FIRST = 20_500;

    private static final int LAST = 32_700;

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

    private static boolean allFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                socket.setReuseAddress(true);
            } catch (IOException taken) {
                return false;
            }
        }
        return true;
    }
}
