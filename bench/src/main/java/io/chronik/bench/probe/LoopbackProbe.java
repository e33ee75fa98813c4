package io.chronik.bench.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/// What loopback can carry on this machine between two threads: bytes one way, and small requests with their answers
/// one
/// after the other. No client of a broker can be faster here.
public final class LoopbackProbe {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int SMALL_BYTES = 200;
    private static final long DURATION_NS = TimeUnit.SECONDS.toNanos(3);

    /// `mibPerSecond` one way; `roundTripsPerSecond` on one connection.
    public record Limits(double mibPerSecond, double roundTripsPerSecond) {}

    public Limits run() throws IOException {
        return new Limits(oneWay(), roundTrips());
    }

    private interface Ends {
        double run(SocketChannel near, SocketChannel far) throws IOException;
    }

    private static double connected(Ends ends) throws IOException {
        try (ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            try (SocketChannel near = SocketChannel.open(server.getLocalAddress());
                    SocketChannel far = server.accept()) {
                near.setOption(StandardSocketOptions.TCP_NODELAY, true);
                far.setOption(StandardSocketOptions.TCP_NODELAY, true);
                return ends.run(near, far);
            }
        }
    }

    private static double oneWay() throws IOException {
        return connected((near, far) -> {
            Thread.ofPlatform().daemon().start(() -> sendUntilClosed(near));
            ByteBuffer in = ByteBuffer.allocateDirect(CHUNK_BYTES);
            long beginNs = System.nanoTime();
            long bytes = 0;
            while (System.nanoTime() - beginNs < DURATION_NS) {
                in.clear();
                bytes += far.read(in);
            }
            return bytes / 1048576.0 / ((System.nanoTime() - beginNs) / 1e9);
        });
    }

    private static void sendUntilClosed(SocketChannel near) {
        ByteBuffer out = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try {
            while (near.isOpen()) {
                out.clear();
                while (out.hasRemaining()) near.write(out);
            }
        } catch (IOException closed) {
            // The measurement is over.
        }
    }

    private static double roundTrips() throws IOException {
        return connected((near, far) -> {
            Thread.ofPlatform().daemon().start(() -> echoUntilClosed(far));
            ByteBuffer bytes = ByteBuffer.allocateDirect(SMALL_BYTES);
            long beginNs = System.nanoTime();
            long count = 0;
            for (; System.nanoTime() - beginNs < DURATION_NS; count++) {
                bytes.clear();
                while (bytes.hasRemaining()) near.write(bytes);
                bytes.clear();
                while (bytes.hasRemaining()) {
                    if (near.read(bytes) < 0) throw new IOException("closed");
                }
            }
            return count / ((System.nanoTime() - beginNs) / 1e9);
        });
    }

    private static void echoUntilClosed(SocketChannel far) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(SMALL_BYTES);
        try {
            while (true) {
                bytes.clear();
                if (far.read(bytes) < 0) return;
                bytes.flip();
                while (bytes.hasRemaining()) far.write(bytes);
            }
        } catch (IOException closed) {
            // The measurement is over.
        }
    }
}
