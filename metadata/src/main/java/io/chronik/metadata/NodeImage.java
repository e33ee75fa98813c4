package io.chronik.metadata;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// A registered node.
///
/// `epoch` is new with each registration and only goes up. `directoryId` is the disk and `incarnationId` the
/// process that registered. `draining`: its replicas move to other nodes, and it gets no new ones. `reportedIndex`
/// is an index of the metadata that this disk once held for sure. `levels`: which commands its release knows.
public record NodeImage(
        int id,
        long epoch,
        Uuid directoryId,
        Uuid incarnationId,
        List<Endpoint> endpoints,
        @Nullable String rack,
        State state,
        boolean draining,
        long reportedIndex,
        MetadataLevels.Known levels) {

    public enum State {
        /// Not known to live: it leads nothing and joins no ISR.
        FENCED,
        ACTIVE,
        /// It lives and serves what it leads until that has moved, but gets nothing more.
        SHUTTING_DOWN
    }

    public NodeImage {
        endpoints = List.copyOf(endpoints);
    }

    /// A node that knows what every release does.
    public NodeImage(
            int id,
            long epoch,
            Uuid directoryId,
            Uuid incarnationId,
            List<Endpoint> endpoints,
            @Nullable String rack,
            State state,
            boolean draining,
            long reportedIndex) {
        this(
                id,
                epoch,
                directoryId,
                incarnationId,
                endpoints,
                rack,
                state,
                draining,
                reportedIndex,
                MetadataLevels.Known.FIRST_ONLY);
    }

    /// A node as version 1 of the commands knew it.
    public NodeImage(
            int id, long epoch, Uuid directoryId, List<Endpoint> endpoints, @Nullable String rack, boolean fenced) {
        this(id, epoch, directoryId, Uuid.ZERO_UUID, endpoints, rack, fenced ? State.FENCED : State.ACTIVE, false, 0);
    }

    public boolean fenced() {
        return state == State.FENCED;
    }

    /// Whether it may be elected.
    public boolean mayLead() {
        return state == State.ACTIVE;
    }

    /// Whether leaders may take it into their ISR.
    public boolean mayJoinIsr() {
        return state == State.ACTIVE;
    }

    /// Whether new replicas are put here by choice.
    public boolean takesReplicas() {
        return state == State.ACTIVE && !draining;
    }

    NodeImage with(State changed) {
        return new NodeImage(
                id, epoch, directoryId, incarnationId, endpoints, rack, changed, draining, reportedIndex, levels);
    }

    NodeImage withDraining(boolean nowDraining) {
        return new NodeImage(
                id, epoch, directoryId, incarnationId, endpoints, rack, state, nowDraining, reportedIndex, levels);
    }

    NodeImage withReportedIndex(long index) {
        return new NodeImage(id, epoch, directoryId, incarnationId, endpoints, rack, state, draining, index, levels);
    }

    /// Where clients of the listener `listener` reach this node.
    public record Endpoint(String listener, String securityProtocol, String host, int port) {}
}
