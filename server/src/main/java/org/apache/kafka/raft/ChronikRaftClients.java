package org.apache.kafka.raft;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.OptionalInt;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.memory.MemoryPool;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.server.common.serialization.RecordSerde;

/// Chronik's only class in a package of Kafka: the Raft client's public constructor fixes the wait of a fetch at
/// 500 ms, its dice and its queue, and only its package knows whether a node votes.
public final class ChronikRaftClients {
    private ChronikRaftClients() {}

    /// What of the client is ours to choose.
    public record Parts(
            NetworkChannel channel,
            RaftMessageQueue queue,
            RaftLog log,
            MemoryPool memory,
            Time time,
            ExpirationService timers,
            Random dice) {}

    /// Who the client is.
    public record Self(
            int nodeId,
            Uuid directoryId,
            String clusterId,
            Endpoints endpoints,
            Collection<InetSocketAddress> bootstrapServers) {}

    /// A client of a node that may vote.
    public static <T> KafkaRaftClient<T> create(
            Self self, RecordSerde<T> serde, Parts parts, int fetchMaxWaitMs, QuorumConfig config, LogContext context) {
        return new KafkaRaftClient<>(
                OptionalInt.of(self.nodeId()),
                self.directoryId(),
                serde,
                parts.channel(),
                parts.queue(),
                parts.log(),
                parts.memory(),
                parts.time(),
                parts.timers(),
                fetchMaxWaitMs,
                true,
                self.clusterId(),
                self.bootstrapServers(),
                self.endpoints(),
                new SupportedVersionRange((short) 0, (short) 1),
                context,
                parts.dice(),
                config);
    }

    /// Whether the newest voter set in the client's log, committed or not, has this node with this directory.
    public static boolean isVoter(KafkaRaftClient<?> client) {
        return client.quorum().isVoter();
    }
}
