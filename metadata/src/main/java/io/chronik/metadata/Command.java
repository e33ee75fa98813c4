package io.chronik.metadata;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/// A change of the cluster's state, replicated by Raft and applied in the same order on every node.
/// Everything that could differ between nodes (ids, epochs, times) is in the command.
///
/// The simple name of each record is its name on disk ([CommandCodec]): renaming one is a change of format.
public sealed interface Command {
    /// Changes nothing; takes a place in the log.
    record Noop() implements Command {}

    /// A new topic with its first partitions (partition i is `partitions.get(i)`) and what its creator configured.
    record CreateTopic(String name, Uuid id, List<PartitionImage> partitions, SortedMap<String, String> configs)
            implements Command {
        public CreateTopic {
            partitions = List.copyOf(partitions);
            configs = sorted(configs);
        }
    }

    /// Partitions `firstPartition`, `firstPartition + 1`… of a topic that has exactly `firstPartition` of them.
    record AddPartitions(Uuid topicId, int firstPartition, List<PartitionImage> partitions) implements Command {
        public AddPartitions {
            partitions = List.copyOf(partitions);
        }
    }

    /// The topic, its partitions and its configuration are gone.
    record DeleteTopic(Uuid topicId) implements Command {}

    /// What an operator sets (`set`) and goes back to the default for (`removed`), for one topic, group or node;
    /// a BROKER resource without a name means every node.
    record SetConfig(ConfigResource resource, SortedMap<String, String> set, List<String> removed) implements Command {
        public SetConfig {
            set = sorted(set);
            removed = List.copyOf(removed);
        }
    }

    /// Producer ids below `nextProducerId` belong to somebody; the last block to `nodeId` in its registration
    /// `nodeEpoch`.
    record AllocateProducerIds(int nodeId, long nodeEpoch, long nextProducerId) implements Command {}

    /// A node registers, for the first time or again with a larger epoch.
    record AddNode(NodeImage node) implements Command {}

    /// The node is no member any more. `epoch` is that of the registration that ends.
    record RemoveNode(int nodeId, long epoch) implements Command {}

    /// The node is not alive: it may lead nothing.
    record FenceNode(int nodeId, long epoch) implements Command {}

    /// The node is alive and has the metadata up to its registration: it may lead.
    record UnfenceNode(int nodeId, long epoch) implements Command {}

    /// The node stops in order: it leads what it leads until others do, and nothing new.
    record BeginShutdown(int nodeId, long epoch) implements Command {}

    /// The node's replicas move to other nodes, or stay again.
    record DrainNode(int nodeId, boolean draining) implements Command {}

    /// Nodes have the metadata up to these indexes on their disks.
    record RecordNodeIndexes(List<NodeIndex> nodes) implements Command {
        public RecordNodeIndexes {
            nodes = List.copyOf(nodes);
        }

        public record NodeIndex(int nodeId, long epoch, long index) {}
    }

    /// What the cluster as a whole may use; level 0 is none of it.
    record SetFeature(String name, short level) implements Command {}

    /// The partition has exactly this state: replicas too, so this is how a partition moves.
    record AssignPartition(Uuid topicId, int partition, PartitionImage state) implements Command {}

    /// Elections, of many partitions in one command.
    record SetPartitionLeader(List<TopicElections> topics) implements Command {
        public SetPartitionLeader {
            topics = List.copyOf(topics);
        }

        public record TopicElections(Uuid topicId, List<Election> partitions) {
            public TopicElections {
                partitions = List.copyOf(partitions);
            }
        }
    }

    /// One partition's new leader ([PartitionImage#NO_LEADER] for none) with the ISR and epochs that go with it.
    /// `unclean`: the leader was not in sync, so records that were acknowledged may be lost.
    record Election(
            int partition, int leader, List<Integer> isr, int leaderEpoch, int partitionEpoch, boolean unclean) {
        public Election {
            isr = List.copyOf(isr);
        }
    }

    /// The leader of `leaderEpoch` found that these replicas are in sync.
    record UpdateIsr(Uuid topicId, int partition, List<Integer> isr, int leaderEpoch, int partitionEpoch)
            implements Command {
        public UpdateIsr {
            isr = List.copyOf(isr);
        }
    }

    private static SortedMap<String, String> sorted(Map<String, String> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
