package io.chronik.simulator;

import io.chronik.log.Batches;
import io.chronik.metadata.PartitionImage;
import io.chronik.replication.Acks;
import io.chronik.replication.AppendOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/// An idempotent producer of one partition: sends again what it has no good answer for, and keeps some batches in
/// flight, over one connection at a time.
final class SimulatedClient {
    private static final int ADDRESS = 100;

    /// A batch, and what was sent as its bytes.
    record Sent(int number, int sequence, int count, int crc) {}

    private record Acked(Sent sent, long baseOffset) {}

    @SuppressWarnings("ArrayRecordComponent") // Compared by identity.
    private record Unanswered(Sent sent, byte[] bytes) {}

    private final int id;
    private final int partition;
    private final Cluster cluster;
    private final Chance chance;
    private final int window;
    private int pauseMs;
    private final List<Acked> acked = new ArrayList<>();
    private final Deque<Unanswered> inFlight = new ArrayDeque<>();
    private SimulatedNetwork.Connection requests;
    private SimulatedNetwork.Connection answers;
    private int connections;
    private int number;
    private int nextSequence;
    private int believedLeader = 1;
    private boolean stopped;

    /// Something is to be sent again, and nothing new before.
    private boolean failed;

    SimulatedClient(int id, int partition, Cluster cluster, Chance chance) {
        this.id = id;
        this.partition = partition;
        this.cluster = cluster;
        this.chance = chance;
        this.window = (int) chance.between(1, 5);
        this.pauseMs = (int) chance.between(2, 60);
        this.requests = cluster.network().connect(ADDRESS + id, believedLeader);
        this.answers = cluster.network().connect(believedLeader, ADDRESS + id);
    }

    void start() {
        cluster.time().afterUs(chance.between(0, pauseMs * 1_000L), this::tick);
    }

    void slowDown() {
        pauseMs = Math.max(pauseMs, 30);
    }

    void stop() {
        stopped = true;
    }

    int ackedCount() {
        return acked.size();
    }

    /// The offset from which on the partition's log tells what this producer sends next.
    long needsFrom(int index) {
        if (index != partition) return Long.MAX_VALUE;
        return acked.isEmpty() ? 0 : acked.getLast().baseOffset;
    }

    boolean waits() {
        return !inFlight.isEmpty();
    }

    private void tick() {
        if (stopped) return;
        // A leader that knows nothing of a producer takes any of its batches for the first.
        if (inFlight.size() < (acked.isEmpty() ? 1 : window) && !failed) sendNext();
        cluster.time().afterUs(chance.between(500, pauseMs * 2_000L), this::tick);
    }

    private void sendNext() {
        int count = (int) chance.between(1, 3);
        String padding = "x".repeat(chance.percent(5) ? chance.below(400) : chance.below(60));
        String[] values = new String[count];
        for (int i = 0; i < count; i++) values[i] = id + ":" + (nextSequence + i) + padding;
        MemoryRecords records = Batches.idempotent(id, 0, nextSequence, values);
        RecordBatch batch = records.batches().iterator().next();
        Sent sent = new Sent(number++, nextSequence, count, (int) batch.checksum());
        byte[] bytes = Arrays.copyOfRange(records.buffer().array(), 0, records.sizeInBytes());
        nextSequence += count;
        Unanswered next = new Unanswered(sent, bytes);
        inFlight.add(next);
        attempt(next);
    }

    private void attempt(Unanswered next) {
        int leader = believedLeader;
        int attempts = connections;
        SimulatedNetwork.Connection to = answers;
        int timeoutMs = (int) chance.between(30, 400);
        SimulatedNetwork.Connection over = requests;
        over.send(() -> cluster.node(leader)
                .running()
                .ifPresentOrElse(running -> receive(running, over, next, timeoutMs, to), over::close));
        // Longer than the server waits, and the network may have lost the request or the answer.
        cluster.time().afterMs(timeoutMs + 60, () -> {
            if (inFlight.contains(next)) connectAgain(attempts);
        });
    }

    private void receive(
            SimulatedNode.Running running,
            SimulatedNetwork.Connection over,
            Unanswered next,
            int timeoutMs,
            SimulatedNetwork.Connection to) {
        if (!over.leadsTo(running.process())) return;
        running.process()
                .run(() -> running.replica(partition)
                        .ifPresentOrElse(
                                replica ->
                                        replica.partition().lane().execute(() -> append(replica, next, timeoutMs, to)),
                                () -> answer(to, next, new AppendOutcome.NotLeader())));
    }

    private void append(Replica replica, Unanswered next, int timeoutMs, SimulatedNetwork.Connection to) {
        MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(next.bytes.clone()));
        replica.partition().append(records, Acks.ALL, timeoutMs, outcome -> {
            if (outcome instanceof AppendOutcome.Committed committed) {
                cluster.oracle().onAck(replica, next.sent, committed.baseOffset());
                cluster.digest().add("ack", id, next.sent.number, committed.baseOffset());
            }
            answer(to, next, outcome);
        });
    }

    private void answer(SimulatedNetwork.Connection to, Unanswered question, AppendOutcome outcome) {
        to.send(() -> {
            if (to != answers) return;
            int over = connections;
            cluster.trace("client %d: %s: %s", id, question.sent, outcome);
            if (!(outcome instanceof AppendOutcome.Committed committed)) {
                // What is behind it in flight is sent again with it: a leader knows the last five batches.
                failed = true;
                to.close();
                cluster.time().afterMs(chance.between(1, 30), () -> connectAgain(over));
            } else if (inFlight.remove(question)) {
                acked.add(new Acked(question.sent, committed.baseOffset()));
            }
        });
    }

    /// To who may lead by now. All that has no answer is sent again, in order.
    private void connectAgain(int over) {
        if (over != connections) return;
        connections++;
        failed = false;
        requests.close();
        learnLeader();
        requests = cluster.network().connect(ADDRESS + id, believedLeader);
        answers = cluster.network().connect(believedLeader, ADDRESS + id);
        inFlight.forEach(this::attempt);
    }

    /// From any node, which may know less than the others.
    private void learnLeader() {
        SimulatedNode asked = chance.oneOf(cluster.nodes());
        asked.running().ifPresent(running -> {
            running.known()
                    .partition(cluster.topics().id(partition))
                    .filter(PartitionImage::hasLeader)
                    .ifPresent(state -> believedLeader = state.leader());
        });
    }

    void checkAcked(int index, CommittedLog committed) {
        if (index != partition) return;
        for (Acked each : acked) {
            int at = committed.indexFrom(each.baseOffset);
            Oracle.check(at < committed.all().size(), "acknowledged and lost: %s at %d", each.sent, each.baseOffset);
            Batch batch = committed.all().get(at);
            boolean same = batch.baseOffset() == each.baseOffset
                    && batch.crc() == each.sent.crc
                    && batch.producerId() == id
                    && batch.sequence() == each.sent.sequence;
            Oracle.check(same, "acknowledged and lost: %s at %d, where %s is", each.sent, each.baseOffset, batch);
        }
    }
}
