package io.chronik.server.controller;

import io.chronik.metadata.Command.RecordNodeIndexes.NodeIndex;
import io.chronik.metadata.NodeImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which nodes live, as the controller knows it: each has a deadline that its heartbeats move on. When the
/// connection that carried the last one closes, a shorter time begins, in which the node may come back on another.
///
/// Only time in which the controller itself ran counts: after a pause it was not there to hear anybody. Belongs to
/// the controller's lane.
public final class NodeLiveness {
    /// `sessionMs`: the longest silence. `graceMs`: after the connection closed. `tickMs`: how often the controller
    /// looks, and thereby notices that it was paused itself.
    public record Times(long sessionMs, long graceMs, long tickMs) {}

    /// A registration that is taken to be dead.
    public record Expired(int node, long epoch, String why) {}

    public static final long NO_CONNECTION = -1;

    private static final class Session {
        final long epoch;
        long deadlineMs;
        long connection = NO_CONNECTION;
        boolean closed;
        /// What the node must have applied before it may lead.
        long neededIndex;
        /// What it has applied.
        long index = -1;

        Session(long epoch, long deadlineMs, long neededIndex) {
            this.epoch = epoch;
            this.deadlineMs = deadlineMs;
            this.neededIndex = neededIndex;
        }
    }

    private final Times times;
    private final Map<Integer, Session> sessions = new HashMap<>();
    private long dueMs;

    public NodeLiveness(Times times, long nowMs) {
        this.times = times;
        this.dueMs = nowMs;
    }

    /// This node becomes the controller. Every registered node has a full session to be heard in; the former
    /// controller was silent for `silentMs` already, or this node would not be it. `appliedIndex` holds all
    /// registrations.
    public void onTakeOver(
            Collection<NodeImage> nodes, int formerController, long silentMs, long appliedIndex, long nowMs) {
        sessions.clear();
        for (NodeImage node : nodes) {
            long left = node.id() == formerController ? Math.max(0, times.sessionMs() - silentMs) : times.sessionMs();
            sessions.put(node.id(), new Session(node.epoch(), nowMs + left, appliedIndex));
        }
        dueMs = nowMs;
    }

    /// A process registers; what it needs is known when its registration is committed.
    public void onRegistering(int node, long epoch, long nowMs) {
        Session present = sessions.get(node);
        if (present != null && present.epoch >= epoch) return;
        sessions.put(node, new Session(epoch, nowMs + times.sessionMs(), Long.MAX_VALUE));
    }

    /// The registration is committed, at most at `index`.
    public void onRegistered(int node, long epoch, long index) {
        Session session = of(node, epoch);
        if (session != null && session.neededIndex == Long.MAX_VALUE) session.neededIndex = index;
    }

    /// The registration `epoch`, which is the present one, is heard on `connection`. Tells whether it has the
    /// metadata that it needs in order to lead.
    public boolean onHeartbeat(int node, long epoch, long connection, long index, long nowMs) {
        Session session = sessions.get(node);
        if (session != null && session.epoch > epoch) return false;
        if (session == null || session.epoch < epoch) {
            // Nothing is known of its registration here, so what is needed is unknown too, until a take-over says so.
            session = new Session(epoch, 0, Long.MAX_VALUE);
            sessions.put(node, session);
        }
        session.deadlineMs = nowMs + times.sessionMs();
        session.connection = connection;
        session.closed = false;
        session.index = Math.max(session.index, index);
        return session.index >= session.neededIndex;
    }

    /// A connection of the node has closed.
    public void onDisconnected(int node, long connection, long nowMs) {
        Session session = sessions.get(node);
        if (session == null || session.closed || session.connection != connection) return;
        close(session, nowMs);
    }

    /// Nobody listens where the node should be, and it has not been heard since the take-over.
    public void onRefused(int node, long epoch, long nowMs) {
        Session session = of(node, epoch);
        if (session != null && session.connection == NO_CONNECTION) close(session, nowMs);
    }

    private void close(Session session, long nowMs) {
        session.closed = true;
        session.deadlineMs = Math.min(session.deadlineMs, nowMs + times.graceMs());
    }

    public void onRemoved(int node) {
        sessions.remove(node);
    }

    /// The registrations whose time is up; each is named once. Called when [due][#nextDueMs] says so, or late.
    public List<Expired> expired(long nowMs) {
        long lateMs = nowMs - dueMs;
        if (lateMs > times.sessionMs() / 4) {
            for (Session session : sessions.values()) session.deadlineMs += lateMs;
        }
        List<Expired> expired = new ArrayList<>();
        for (Iterator<Map.Entry<Integer, Session>> all = sessions.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Integer, Session> one = all.next();
            Session session = one.getValue();
            if (session.deadlineMs > nowMs) continue;
            expired.add(new Expired(
                    one.getKey(), session.epoch, session.closed ? "its connection closed" : "it was silent"));
            session.deadlineMs = Long.MAX_VALUE / 2;
        }
        dueMs = nowMs;
        return expired;
    }

    /// When to look next.
    public long nextDueMs(long nowMs) {
        long next = nowMs + times.tickMs();
        for (Session session : sessions.values()) next = Math.min(next, session.deadlineMs);
        dueMs = Math.max(next, nowMs);
        return dueMs;
    }

    /// Whether each of `nodes` has applied `index`.
    public boolean haveApplied(Collection<Integer> nodes, long index) {
        for (int node : nodes) {
            Session session = sessions.get(node);
            if (session == null || session.index < index) return false;
        }
        return true;
    }

    /// Whether the present registration of the node was heard since this node is the controller, and is not gone.
    public boolean isHeard(int node) {
        Session session = sessions.get(node);
        return session != null && session.connection != NO_CONNECTION && !session.closed;
    }

    /// How far each node that was heard has the metadata on its disk.
    public List<NodeIndex> indexes() {
        List<NodeIndex> indexes = new ArrayList<>();
        sessions.forEach((node, session) -> {
            if (session.index >= 0) indexes.add(new NodeIndex(node, session.epoch, session.index));
        });
        return indexes;
    }

    private @Nullable Session of(int node, long epoch) {
        Session session = sessions.get(node);
        return session != null && session.epoch == epoch ? session : null;
    }
}
