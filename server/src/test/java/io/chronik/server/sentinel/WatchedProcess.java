package io.chronik.server.sentinel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/// What the tests stop: a process that echoes bytes at two ports, of clients and of others, and has a sentinel for the
/// first. Prints both ports, then what the sentinel tells.
final class WatchedProcess {
    static final long LIMIT_MS = 1_000;
    static final String WATCHED = "watched";
    static final String STOOD_STILL = "stood still";

    private WatchedProcess() {}

    public static void main(String[] arguments) throws IOException {
        Selector selector = Selector.open();
        int clients = listen(selector);
        int others = listen(selector);
        System.out.println(clients + " " + others);
        SentinelProcess sentinel = new SentinelProcess(LIMIT_MS, List.of(clients), new Teller());
        sentinel.start();
        sentinel.onListening();
        while (true) {
            var _ = selector.select(key -> {
                try {
                    if (key.isAcceptable()) accept(selector, (ServerSocketChannel) key.channel());
                    else echo((SocketChannel) key.channel());
                } catch (IOException closed) {
                    key.cancel();
                }
            });
        }
    }

    private static int listen(Selector selector) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        var _ = listener.configureBlocking(false);
        var _ = listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        var _ = listener.register(selector, SelectionKey.OP_ACCEPT);
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    private static void accept(Selector selector, ServerSocketChannel listener) throws IOException {
        SocketChannel connection = listener.accept();
        if (connection == null) return;
        var _ = connection.configureBlocking(false);
        var _ = connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
        var _ = connection.register(selector, SelectionKey.OP_READ);
    }

    private static void echo(SocketChannel connection) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1);
        if (connection.read(bytes) < 0) connection.close();
        else {
            var _ = connection.write(bytes.flip());
        }
    }

    private static final class Teller implements SentinelMeter {
        @Override
        public void onWatched(boolean watched) {
            if (watched) System.out.println(WATCHED);
        }

        @Override
        public void onStoodStill(long silentMs, long connections) {
            System.out.println(STOOD_STILL + " " + connections);
        }
    }
}
