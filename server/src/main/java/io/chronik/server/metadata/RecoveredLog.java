package io.chronik.server.metadata;

import io.chronik.server.config.HostPort;
import java.util.List;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.raft.VoterSet;
import org.apache.kafka.raft.internals.KRaftControlRecordStateMachine;
import org.apache.kafka.raft.internals.KafkaRaftMetrics;

/// What the metadata log on this disk says before the node takes part in anything: where it ends, and where the other
/// voters were.
record RecoveredLog(long endOffset, List<HostPort> otherVoters) {
    RecoveredLog {
        otherVoters = List.copyOf(otherVoters);
    }

    /// Recovers the log and closes it again. Blocks on the disk.
    static RecoveredLog read(NodeIdentity identity, MetadataDirectory directory, RaftSettings settings) {
        RaftLog log = RaftLogs.open(directory, settings.sizes());
        try {
            return new RecoveredLog(log.endOffset().offset(), otherVoters(log, identity, settings.listener()));
        } finally {
            log.close();
        }
    }

    /// Where the other voters are, as the newest entry about them says. Reads the whole log.
    static List<HostPort> otherVoters(RaftLog log, NodeIdentity self, String listener) {
        try (Metrics unused = new Metrics();
                KafkaRaftMetrics none = new KafkaRaftMetrics(unused, "recovery")) {
            KRaftControlRecordStateMachine state = new KRaftControlRecordStateMachine(
                    VoterSet.empty(),
                    log,
                    new RaftEntry.Serde(),
                    KafkaRaftClient.MAX_BATCH_SIZE_BYTES,
                    new LogContext("[raft " + self.nodeId() + "] "),
                    none,
                    ignored -> {});
            state.updateState();
            return addresses(state.lastVoterSet(), self, listener);
        }
    }

    private static List<HostPort> addresses(VoterSet voters, NodeIdentity self, String listener) {
        ListenerName name = ListenerName.normalised(listener);
        return voters.voterIds().stream()
                .filter(id -> id != self.nodeId())
                .sorted()
                .map(voters::listeners)
                .flatMap(endpoints -> endpoints.address(name).stream())
                .map(address -> new HostPort(address.getHostString(), address.getPort()))
                .toList();
    }
}
