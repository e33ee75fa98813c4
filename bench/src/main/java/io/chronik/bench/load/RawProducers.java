package io.chronik.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Many connections on one thread that send prepared requests and count the answers: costs so little that the broker is
/// what is measured. Each connection has `inFlight` requests on the way (1: it waits for every acknowledgement) and
/// goes round its partitions.
public final class RawProducers {
    /// `connections` x `inFlight` requests of `recordsPerBatch` x `recordBytes` over `partitions` partitions.
    public record Shape(int connections, int inFlight, int partitions, int recordsPerBatch, int recordBytes) {}

    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(2);

    private final Target target;
    private final Shape shape;
    private final List<ProduceFrame> frames = new ArrayList<>();
    private long acknowledged;
    private Histogram latencies = new Histogram(HIGHEST_NS, 3);

    public RawProducers(Target target, String topic, Shape shape) {
        this.target = target;
        this.shape = shape;
        for (int i = 0; i < shape.partitions; i++) {
            frames.add(new ProduceFrame(topic, i, shape.recordsPerBatch, shape.recordBytes));
        }
    }

    /// Records acknowledged by all calls so far.
    public long acknowledgedRecords() {
        return acknowledged * shape.recordsPerBatch;
    }

    /// Sends for `warmUpSeconds` and then, measured, for `seconds`; at the end every request has been answered. Rates
    /// count acknowledged batches of one record as records.
    public Measured run(double warmUpSeconds, double seconds) {
        try (Selector selector = Selector.open()) {
            List<Connection> connections = new ArrayList<>();
            for (int i = 0; i < shape.connections; i++) connections.add(new Connection(selector, i));
            loop(selector, connections, warmUpSeconds);
            latencies = new Histogram(HIGHEST_NS, 3);
            long before = acknowledged;
            CpuSeconds cpuBefore = target.cpu();
            long beginNs = System.nanoTime();
            loop(selector, connections, seconds);
            double took = (System.nanoTime() - beginNs) / 1e9;
            CpuSeconds cpu = target.cpu().minus(cpuBefore);
            long records = (acknowledged - before) * shape.recordsPerBatch;
            drain(selector, connections);
            for (Connection connection : connections) connection.channel.close();
            return Measured.of(records, records * shape.recordBytes, took, cpu).with(latencies);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void loop(Selector selector, List<Connection> connections, double seconds) throws IOException {
        long endNs = System.nanoTime() + (long) (seconds * 1e9);
        for (Connection connection : connections) connection.fill();
        while (System.nanoTime() < endNs) serve(selector, true);
    }

    private void drain(Selector selector, List<Connection> connections) throws IOException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (connections.stream().anyMatch(connection -> connection.unanswered() > 0)) {
            if (System.nanoTime() > endNs) throw new IllegalStateException("requests without an answer");
            serve(selector, false);
        }
    }

    private static void serve(Selector selector, boolean sending) throws IOException {
        selector.select(
                key -> {
                    try {
                        ((Connection) key.attachment()).serve(key, sending);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                100);
    }

    private final class Connection {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final ByteBuffer out;
        private final ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
        private final long[] sentNs;
        private int sent;
        private int answered;
        private int nextPartition;
        /// Partition of each request in flight.
        private final int[] partitionOf;

        Connection(Selector selector, int index) throws IOException {
            String[] address = target.bootstrap().split(":", -1);
            channel = SocketChannel.open(new InetSocketAddress(address[0], Integer.parseInt(address[1])));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            key = channel.register(selector, SelectionKey.OP_READ, this);
            int largest =
                    frames.stream().mapToInt(ProduceFrame::sizeBytes).max().orElseThrow();
            out = ByteBuffer.allocateDirect(largest * shape.inFlight);
            sentNs = new long[shape.inFlight];
            partitionOf = new int[shape.inFlight];
            // Every partition has its turn; with as many connections as partitions each keeps to its own.
            nextPartition = index % shape.partitions;
        }

        int unanswered() {
            return sent - answered;
        }

        void fill() throws IOException {
            int more = shape.inFlight - unanswered();
            if (more == 0) return;
            long nowNs = System.nanoTime();
            for (int i = 0;
                    i < more && out.remaining() >= frames.get(nextPartition).sizeBytes();
                    i++) {
                int slot = sent % shape.inFlight;
                sentNs[slot] = nowNs;
                partitionOf[slot] = nextPartition;
                frames.get(nextPartition).copyInto(out, sent++);
                nextPartition = (nextPartition + shape.connections) % shape.partitions;
            }
            write();
        }

        private void write() throws IOException {
            out.flip();
            if (out.hasRemaining()) channel.write(out);
            boolean more = out.hasRemaining();
            out.compact();
            key.interestOps(more ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        void serve(SelectionKey ready, boolean sending) throws IOException {
            if (ready.isWritable()) write();
            if (ready.isReadable()) {
                if (channel.read(in) < 0) throw new IOException("the broker closed a connection");
                takeAnswers();
            }
            if (sending) fill();
        }

        private void takeAnswers() {
            in.flip();
            long nowNs = System.nanoTime();
            while (in.remaining() >= 4 && in.remaining() >= 4 + in.getInt(in.position())) {
                int size = in.getInt();
                int slot = answered % shape.inFlight;
                frames.get(partitionOf[slot]).check(in, in.position(), answered++);
                in.position(in.position() + size);
                latencies.recordValue(Math.min(HIGHEST_NS, nowNs - sentNs[slot]));
                acknowledged++;
            }
            in.compact();
        }
    }
}
