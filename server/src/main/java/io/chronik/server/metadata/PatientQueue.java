package io.chronik.server.metadata;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.raft.RaftMessage;
import org.apache.kafka.raft.RaftMessageQueue;
import org.apache.kafka.raft.internals.BlockingMessageQueue;

/// Messages for the Raft thread. A follower without a vote that hears no leader for longer than the fetch timeout asks
/// for a message without waiting, again and again: the library forgets that such a follower can't begin an election.
/// After a few questions in vain they wait a little, or a cluster without a majority would keep its other nodes busy.
///
/// Polled by the Raft thread alone.
final class PatientQueue implements RaftMessageQueue {
    static final int IN_VAIN = 10;
    static final long WAIT_MS = 2;

    private final RaftMessageQueue messages = new BlockingMessageQueue();
    private int inVain;

    @Override
    public Optional<QueueEntry> poll(long timeoutMs) {
        boolean waits = timeoutMs <= 0 && inVain >= IN_VAIN;
        Optional<QueueEntry> message = messages.poll(waits ? WAIT_MS : timeoutMs);
        inVain = timeoutMs > 0 || message.isPresent() ? 0 : inVain + 1;
        return message;
    }

    @Override
    public CompletionStage<RaftMessage> add(RaftMessage message) {
        return messages.add(message);
    }

    @Override
    public boolean isEmpty() {
        return messages.isEmpty();
    }

    @Override
    public void wakeup() {
        messages.wakeup();
    }
}
