package io.chronik.it.crash;

import io.chronik.it.crash.ClusterHistory.VoteSample;
import io.chronik.it.node.NodeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.raft.generated.QuorumStateData;

/// What a node that is down has written about its vote.
///
/// crc int32 | version int16 | QuorumStateData
final class Votes {
    private static final int CRC_BYTES = 4;

    private Votes() {}

    /// Empty when it never voted.
    static Optional<VoteSample> of(int id, NodeProcess node) {
        Path file = node.dataDir().resolve("metadata/__cluster_metadata-0/quorum-state");
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).position(CRC_BYTES);
            short version = bytes.getShort();
            QuorumStateData state = new QuorumStateData(new ByteBufferAccessor(bytes), version);
            return Optional.of(
                    new VoteSample(id, directoryOf(node), state.leaderEpoch(), state.votedId(), state.leaderId()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String directoryOf(NodeProcess node) throws IOException {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(node.dataDir().resolve("node.properties"))) {
            properties.load(reader);
        }
        return properties.toString().replaceAll(".*(directory[^=]*=[^,}]*).*", "$1");
    }
}
