package io.chronik.server.metrics;

import io.chronik.server.metrics.MetricsSource.Group;
import io.chronik.server.metrics.MetricsSource.Offset;
import io.chronik.server.metrics.MetricsSource.Partition;
import io.chronik.server.metrics.MetricsSource.Raft;
import io.chronik.server.metrics.MetricsSource.State;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a node tells about topics, groups and the quorum, under the names of kafka_exporter and of Strimzi's rules for
/// Kafka's own metrics. Series with a topic are bounded.
final class ClusterFamilies {
    private static final int MAX_PARTITIONS = 20_000;
    private static final int MAX_GROUP_OFFSETS = 20_000;

    private final Families families;

    ClusterFamilies(Families families) {
        this.families = families;
    }

    void collect(State state) {
        families.gauge("kafka_brokers", "Nodes of the cluster.", state.nodes().size());
        families.info(
                "kafka_broker",
                "A node of the cluster.",
                state.nodes().stream()
                        .map(node -> Labels.of("address", node.address(), "id", Integer.toString(node.id())))
                        .toList());
        partitions(state.partitions());
        groups(state.groups());
        replicas(state);
        raft(state.raft());
    }

    private void partitions(List<Partition> partitions) {
        Map<String, Integer> counts = new TreeMap<>();
        Map<String, Long> messages = new TreeMap<>();
        long allMessages = 0;
        int reported = 0;
        for (Partition partition : partitions) {
            if (!partition.leaderHere()) continue;
            allMessages += partition.endOffset();
            if (reported++ >= MAX_PARTITIONS) continue;
            counts.merge(partition.topic(), 1, Integer::sum);
            messages.merge(partition.topic(), partition.endOffset(), Long::sum);
            partition(partition);
        }
        counts.forEach((topic, count) ->
                families.gauge("kafka_topic_partitions", "Partitions of a topic.", count, "topic", topic));
        // Offsets count messages: no need to count them a second time on the way in.
        String name = "kafka_server_brokertopicmetrics_messagesin";
        String help = "Messages appended and committed, since the topic was made.";
        families.counter(name, help, allMessages);
        messages.forEach((topic, count) -> families.counter(name, help, count, "topic", topic));
    }

    private void partition(Partition p) {
        String[] labels = {"topic", p.topic(), "partition", Integer.toString(p.partition())};
        String prefix = "kafka_topic_partition_";
        families.gauge(prefix + "current_offset", "End of what consumers see.", p.endOffset(), labels);
        families.gauge(prefix + "oldest_offset", "First offset kept.", p.startOffset(), labels);
        families.gauge(prefix + "in_sync_replica", "Replicas in sync.", p.inSync(), labels);
        families.gauge(prefix + "leader", "Node id of the leader.", p.leader(), labels);
        families.gauge(prefix + "leader_is_preferred", "1 if it is.", one(p.leader() == p.preferredLeader()), labels);
        families.gauge(prefix + "replicas", "Replicas.", p.replicas(), labels);
        families.gauge(prefix + "under_replicated_partition", "1 if it is.", one(p.inSync() < p.replicas()), labels);
        families.gauge("kafka_log_log_size", "Bytes on disk.", p.sizeBytes(), labels);
        families.gauge("kafka_cluster_partition_underminisr", "1 if it is.", one(p.inSync() < p.minInSync()), labels);
        families.gauge("kafka_cluster_partition_atminisr", "1 if it is.", one(p.inSync() == p.minInSync()), labels);
    }

    private void groups(List<Group> groups) {
        int reported = 0;
        for (Group group : groups) {
            families.gauge("kafka_consumergroup_members", "Members.", group.members(), "consumergroup", group.name());
            Map<String, long[]> sums = new TreeMap<>();
            for (Offset offset : group.offsets()) {
                if (reported++ >= MAX_GROUP_OFFSETS) return;
                long[] sum = sums.computeIfAbsent(offset.topic(), _ -> new long[2]);
                sum[0] += offset.committedOffset();
                sum[1] += lag(offset);
                offset(group.name(), offset);
            }
            sums.forEach((topic, sum) -> {
                String[] labels = {"consumergroup", group.name(), "topic", topic};
                families.gauge("kafka_consumergroup_current_offset_sum", "Over partitions.", sum[0], labels);
                families.gauge("kafka_consumergroup_lag_sum", "Over partitions.", sum[1], labels);
            });
        }
    }

    private void offset(String group, Offset offset) {
        String[] labels = {
            "consumergroup", group, "topic", offset.topic(), "partition", Integer.toString(offset.partition())
        };
        families.gauge("kafka_consumergroup_current_offset", "Committed offset.", offset.committedOffset(), labels);
        if (offset.endOffset() >= 0)
            families.gauge("kafka_consumergroup_lag", "Messages behind the end of the partition.", lag(offset), labels);
    }

    private static long lag(Offset offset) {
        return offset.endOffset() < 0 ? 0 : Math.max(0, offset.endOffset() - offset.committedOffset());
    }

    private void replicas(State state) {
        int leaders = 0;
        int underReplicated = 0;
        int underMin = 0;
        int offline = 0;
        for (Partition partition : state.partitions()) {
            if (partition.leader() < 0) offline++;
            if (!partition.leaderHere()) continue;
            leaders++;
            if (partition.inSync() < partition.replicas()) underReplicated++;
            if (partition.inSync() < partition.minInSync()) underMin++;
        }
        String manager = "kafka_server_replicamanager_";
        families.gauge(
                manager + "partitioncount", "Replicas here.", state.partitions().size());
        families.gauge(manager + "leadercount", "Partitions led here.", leaders);
        families.gauge(manager + "underreplicatedpartitions", "Led here.", underReplicated);
        families.gauge(manager + "underminisrpartitioncount", "Led here.", underMin);
        families.gauge(
                manager + "offlinereplicacount",
                "Replicas here that are lost, or whose logs can't be opened.",
                state.offlineReplicas());
        String controller = "kafka_controller_kafkacontroller_";
        families.gauge(
                controller + "activecontrollercount", "1 on the active controller.", one(state.activeController()));
        families.gauge(
                controller + "offlinepartitionscount",
                "Partitions without a leader, told by the controller.",
                state.activeController() ? offline : 0);
        families.gauge("kafka_log_logmanager_offlinelogdirectorycount", "Failed disks.", state.offlineLogDirectories());
        families.gauge("chronik_storage_state", "0 works, 1 impaired, 2 offline.", state.storage());
    }

    private void raft(Raft raft) {
        String prefix = "kafka_server_raftmetrics_";
        families.gauge(prefix + "current_leader", "Node id, -1 for none.", raft.leaderId());
        families.gauge(prefix + "current_epoch", "Epoch of the quorum.", raft.epoch());
        families.gauge(prefix + "high_watermark", "Committed end of the metadata log.", raft.highWatermark());
        families.gauge(prefix + "log_end_offset", "End of the metadata log.", raft.endOffset());
        families.gauge(
                prefix + "current_state",
                "1 for the state it is in.",
                1,
                "state",
                raft.leader() ? "leader" : "follower");
    }

    private static long one(boolean yes) {
        return yes ? 1 : 0;
    }
}
