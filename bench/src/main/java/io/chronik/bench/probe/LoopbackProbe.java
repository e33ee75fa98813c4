package io.chronik.bench.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What loopback can carry on this machine between two threads: bytes one way, written or sent from the page cache, and
/// small requests with their answers. No client of a broker can be faster here.
final class LoopbackProbe {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int FILE_BYTES = 256 << 20;
    private static final int SMALL_BYTES = 200;
    private static final long DURATION_NS = TimeUnit.SECONDS.toNanos(2);

    private final Path work;

    LoopbackProbe(Path work) {
        this.work = work;
    }

    List<Limit> run() throws IOException {
        return List.of(
                oneWay("loopbackWrite", "loopback, one way, written", LoopbackProbe::writeUntilClosed),
                sendfile(),
                roundTrips(1),
                roundTrips(64));
    }

    private interface Sender {
        void send(SocketChannel near) throws IOException;
    }

    private Limit sendfile() throws IOException {
        Path file = Files.createTempFile(work, "sendfile-", "");
        try {
            Files.write(file, new byte[FILE_BYTES]);
            try (FileChannel cached = FileChannel.open(file)) {
                return oneWay("loopbackSendfile", "loopback, one way, sent from the page cache", near -> {
                    while (near.isOpen()) {
                        for (long at = 0; at < FILE_BYTES; ) at += cached.transferTo(at, 1 << 20, near);
                    }
                });
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void writeUntilClosed(SocketChannel near) throws IOException {
        ByteBuffer out = ByteBuffer.allocateDirect(CHUNK_BYTES);
        while (near.isOpen()) {
            out.clear();
            while (out.hasRemaining()) near.write(out);
        }
    }

    private static Limit oneWay(String key, String what, Sender sender) throws IOException {
        try (ServerSocketChannel server = listen();
                SocketChannel near = connect(server);
                SocketChannel far = server.accept()) {
            Thread.ofPlatform().daemon().start(() -> untilClosed(() -> sender.send(near)));
            ByteBuffer in = ByteBuffer.allocateDirect(CHUNK_BYTES);
            long beginNs = System.nanoTime();
            long bytes = 0;
            while (System.nanoTime() - beginNs < DURATION_NS) {
                in.clear();
                bytes += far.read(in);
            }
            double mib = bytes / 1048576.0 / ((System.nanoTime() - beginNs) / 1e9);
            return new Limit(key, what, Map.of(Limit.MIB_PER_SECOND, mib));
        }
    }

    private static Limit roundTrips(int connections) throws IOException {
        try (ServerSocketChannel server = listen();
                Selector nearEnds = Selector.open();
                Selector farEnds = Selector.open()) {
            List<SocketChannel> channels = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                channels.add(register(connect(server), nearEnds));
                channels.add(register(server.accept(), farEnds));
            }
            Thread echoing = Thread.ofPlatform().daemon().start(() -> untilClosed(() -> echo(farEnds)));
            for (SelectionKey key : nearEnds.keys())
                ((SocketChannel) key.channel()).write(ByteBuffer.allocate(SMALL_BYTES));
            long beginNs = System.nanoTime();
            double rate = echo(nearEnds) / (double) SMALL_BYTES / ((System.nanoTime() - beginNs) / 1e9);
            join(echoing);
            for (SocketChannel channel : channels) channel.close();
            return new Limit(
                    "loopbackRoundTrips" + connections,
                    "loopback, 200 B there and back, connections: " + connections,
                    Map.of(Limit.PER_SECOND, rate));
        }
    }

    /// Sends back what comes; returns the bytes that came.
    private static long echo(Selector ends) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(SMALL_BYTES);
        long[] count = {0};
        long endNs = System.nanoTime() + DURATION_NS;
        while (System.nanoTime() < endNs) {
            ends.select(
                    key -> {
                        try {
                            SocketChannel channel = (SocketChannel) key.channel();
                            bytes.clear();
                            count[0] += channel.read(bytes);
                            bytes.flip();
                            while (bytes.hasRemaining()) channel.write(bytes);
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    100);
        }
        return count[0];
    }

    private static ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static SocketChannel connect(ServerSocketChannel server) throws IOException {
        SocketChannel near = SocketChannel.open(server.getLocalAddress());
        near.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return near;
    }

    private static SocketChannel register(SocketChannel channel, Selector selector) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        return channel;
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void untilClosed(Work work) {
        try {
            work.run();
        } catch (IOException closed) {
            // The measurement is over.
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
