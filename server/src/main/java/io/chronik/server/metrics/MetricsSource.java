package io.chronik.server.metrics;

import java.util.List;

/// What is known elsewhere and only looked up when somebody scrapes. Called on an HTTP thread; may take a moment, and
/// may be called by several at once.
@FunctionalInterface
public interface MetricsSource {
    State state();

    /// @param offlineReplicas replicas that are assigned here and that nobody is served from
    /// @param storage 0 all log directories work, 1 one is low on space or damaged, 2 one is offline
    record State(
            List<Node> nodes,
            List<Partition> partitions,
            List<Group> groups,
            boolean activeController,
            int offlineReplicas,
            int offlineLogDirectories,
            int storage,
            Raft raft) {
        public static final State EMPTY =
                new State(List.of(), List.of(), List.of(), false, 0, 0, 0, new Raft(false, -1, 0, 0, 0));

        public State {
            nodes = List.copyOf(nodes);
            partitions = List.copyOf(partitions);
            groups = List.copyOf(groups);
        }
    }

    record Node(int id, String address) {}

    /// A partition with a replica on this node. Offsets and size are reported only where `leader` is this node, so
    /// that sums over nodes count each partition once. `endOffset` is the high watermark.
    record Partition(
            String topic,
            int partition,
            int leader,
            int preferredLeader,
            boolean leaderHere,
            int replicas,
            int inSync,
            int minInSync,
            long startOffset,
            long endOffset,
            long sizeBytes) {}

    /// A group whose coordinator is this node.
    record Group(String name, int members, List<Offset> offsets) {
        public Group {
            offsets = List.copyOf(offsets);
        }
    }

    /// `endOffset` is the partition's high watermark, or -1 when it is not known here: then there is no lag to tell.
    record Offset(String topic, int partition, long committedOffset, long endOffset) {}

    record Raft(boolean leader, int leaderId, int epoch, long highWatermark, long endOffset) {}
}
