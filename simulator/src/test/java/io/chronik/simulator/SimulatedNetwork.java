package io.chronik.simulator;

import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Carries messages between nodes and clients: late, in another order, or not at all. A cut is of one
/// direction.
final class SimulatedNetwork {
    private record Link(int from, int to) implements Comparable<Link> {
        @Override
        public int compareTo(Link other) {
            return from != other.from ? Integer.compare(from, other.from) : Integer.compare(to, other.to);
        }
    }

    private final VirtualTime time;
    private final Chance chance;
    private final Faults faults;
    private final TreeSet<Link> cut = new TreeSet<>();
    private boolean calm;

    SimulatedNetwork(VirtualTime time, Chance chance, Faults faults) {
        this.time = time;
        this.chance = chance;
        this.faults = faults;
    }

    void send(int from, int to, Runnable arrival) {
        Link link = new Link(from, to);
        if (loses(link)) return;
        if (cut.contains(link)) return;
        time.afterUs(delayUs(), () -> {
            if (!cut.contains(link)) arrival.run();
        });
    }

    /// Keeps what is sent over it in order; what is lost takes all behind it with it.
    final class Connection {
        private final Link link;
        private long lastArrivalUs;
        private boolean closed;
        private @Nullable SimulatedProcess peer;

        private Connection(Link link) {
            this.link = link;
        }

        void send(Runnable arrival) {
            send(arrival, () -> {});
        }

        /// `lost` runs when this message is the first that does not come through.
        void send(Runnable arrival, Runnable lost) {
            if (closed) return;
            if (cut.contains(link) || loses(link)) {
                closed = true;
                lost.run();
                return;
            }
            lastArrivalUs = Math.max(lastArrivalUs + 1, time.nowUs() + delayUs());
            time.afterUs(lastArrivalUs - time.nowUs(), () -> {
                if (closed) return;
                closed = cut.contains(link);
                if (closed) lost.run();
                else arrival.run();
            });
        }

        /// Whether it leads to `process`, which is the first that it was asked for.
        boolean leadsTo(SimulatedProcess process) {
            if (peer == null) peer = process;
            if (peer != process) close();
            return !closed;
        }

        boolean isClosed() {
            return closed;
        }

        void close() {
            closed = true;
        }
    }

    Connection connect(int from, int to) {
        return new Connection(new Link(from, to));
    }

    /// A node reaches itself.
    private boolean loses(Link link) {
        return !calm && link.from != link.to && chance.percent(faults.lossPercent());
    }

    boolean isCalm() {
        return calm;
    }

    /// Both ways.
    boolean areConnected(int one, int other) {
        return !cut.contains(new Link(one, other)) && !cut.contains(new Link(other, one));
    }

    private long delayUs() {
        if (!calm && chance.percent(faults.verySlowMessagePercent())) return chance.between(50_000, 600_000);
        if (!calm && chance.percent(faults.slowMessagePercent())) return chance.between(5_000, 150_000);
        return chance.between(100, 2_000);
    }

    void cut(int from, int to) {
        cut.add(new Link(from, to));
    }

    void heal(int from, int to) {
        cut.remove(new Link(from, to));
    }

    /// No more faults.
    void calmDown() {
        calm = true;
        cut.clear();
    }
}
