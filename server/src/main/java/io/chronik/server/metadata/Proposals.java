package io.chronik.server.metadata;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.raft.RaftClient;
import org.apache.kafka.raft.errors.NotLeaderException;

/// Proposals on their way: first waiting, because the library takes a limited number of bytes at once, then appended
/// under an index, then committed and applied. All in one order.
///
/// The monitor guards the queues; futures are completed outside of it.
final class Proposals {
    /// Bytes appended and not yet committed: three of the library's ten batches at most.
    private static final int WINDOW_BYTES = 16 << 20;

    /// Largest piece handed over at once. A proposal up to this size is one atomic batch of the log.
    private static final int PIECE_BYTES = 4 << 20;

    private final RaftClient<RaftEntry> client;
    private final Deque<Piece> waiting = new ArrayDeque<>();
    private final Deque<Appended> appended = new ArrayDeque<>();
    private int appendedBytes;
    private int presentEpoch;

    Proposals(RaftClient<RaftEntry> client) {
        this.client = client;
    }

    /// The index of the last command, once it is committed and applied here; NOT_CONTROLLER when this node does not
    /// lead in `epoch` (any more): then the commands may or may not be committed.
    CompletableFuture<Long> add(int epoch, List<RaftEntry> entries) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        List<Piece> pieces = pieces(epoch, entries, done);
        synchronized (this) {
            waiting.addAll(pieces);
        }
        pump();
        return done;
    }

    /// Hands over what fits.
    void pump() {
        List<Piece> refused = new ArrayList<>();
        synchronized (this) {
            while (!waiting.isEmpty() && (appended.isEmpty() || appendedBytes < WINDOW_BYTES)) {
                Piece piece = waiting.removeFirst();
                if (!append(piece)) refused.add(piece);
            }
        }
        refused.forEach(Piece::fail);
    }

    /// Everything up to `lastIndex`, which the leader of `epoch` wrote, is applied.
    void onApplied(int epoch, long lastIndex) {
        List<Appended> done = new ArrayList<>();
        synchronized (this) {
            while (!appended.isEmpty() && appended.peekFirst().lastIndex() <= lastIndex) {
                Appended first = appended.removeFirst();
                appendedBytes -= first.piece().bytes();
                done.add(first);
            }
        }
        for (Appended proposal : done) {
            if (proposal.piece().epoch() == epoch) {
                proposal.piece().succeed(proposal.lastIndex());
            } else {
                proposal.piece().fail();
            }
        }
        pump();
    }

    /// Nothing that was proposed before `epoch` will be answered any more.
    void onEpoch(int epoch) {
        List<Piece> lost = new ArrayList<>();
        synchronized (this) {
            presentEpoch = epoch;
            appended.stream().map(Appended::piece).forEach(lost::add);
            lost.addAll(waiting);
            lost.removeIf(piece -> piece.epoch() >= epoch);
            appended.removeIf(proposal -> proposal.piece().epoch() < epoch);
            waiting.removeIf(piece -> piece.epoch() < epoch);
            appendedBytes = appended.stream()
                    .mapToInt(proposal -> proposal.piece().bytes())
                    .sum();
        }
        lost.forEach(Piece::fail);
    }

    private boolean append(Piece piece) {
        if (piece.epoch() < presentEpoch) return false;
        try {
            long lastIndex = client.prepareAppend(piece.epoch(), piece.entries());
            appended.addLast(new Appended(piece, lastIndex));
            appendedBytes += piece.bytes();
            client.schedulePreparedAppend();
            return true;
        } catch (NotLeaderException e) {
            return false;
        }
    }

    private static List<Piece> pieces(int epoch, List<RaftEntry> entries, CompletableFuture<Long> done) {
        List<Piece> pieces = new ArrayList<>();
        List<RaftEntry> gathered = new ArrayList<>();
        int bytes = 0;
        for (RaftEntry entry : entries) {
            if (!gathered.isEmpty() && bytes + entry.sizeBytes() > PIECE_BYTES) {
                pieces.add(new Piece(epoch, List.copyOf(gathered), bytes, false, done));
                gathered.clear();
                bytes = 0;
            }
            gathered.add(entry);
            bytes += entry.sizeBytes();
        }
        pieces.add(new Piece(epoch, List.copyOf(gathered), bytes, true, done));
        return pieces;
    }

    private record Piece(int epoch, List<RaftEntry> entries, int bytes, boolean last, CompletableFuture<Long> done) {
        void succeed(long index) {
            if (last) done.complete(index);
        }

        void fail() {
            done.completeExceptionally(
                    new NotControllerException("This is not the correct controller for this cluster."));
        }
    }

    private record Appended(Piece piece, long lastIndex) {}
}
