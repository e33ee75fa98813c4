package io.chronik.server.metadata;

import io.chronik.server.config.HostPort;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether this node's disk is older than it once was: a snapshot of it brought back, or a copy.
///
/// Such a disk has forgotten entries that a majority rested on, and votes. The present leader of the metadata quorum
/// remembers how far each voter was in its epoch; when that is more than there is, this directory gives up its seat:
/// the node starts over, as a new directory, and becomes a voter again like any other new one.
///
/// When no leader can be asked, nothing is known and the node starts as it is. The same holds for an older disk that
/// comes back after the leader has changed, and for a founder whose operator names no other node.
public final class DiskAge {
    static final long TIMEOUT_MS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(DiskAge.class);

    private DiskAge() {}

    /// Asks whoever listens at an address about the quorum. Who does not lead it says so.
    public interface Question {
        CompletionStage<DescribeQuorumResponseData> ask(HostPort voter);
    }

    /// The identity that the node goes on with: `identity`, or a new one after starting over. Before the node takes
    /// part in the quorum; blocks on the disk, and up to a second for the others.
    public static NodeIdentity check(
            NodeIdentity identity, MetadataDirectory directory, RaftSettings settings, Question question) {
        boolean knownAlone = directory.founded() && settings.bootstrap().isEmpty();
        if (knownAlone || !directory.wasVoter()) return identity;
        RecoveredLog log = RecoveredLog.read(identity, directory, settings);
        long once = once(identity, log.otherVoters(), question);
        if (once <= log.endOffset()) return identity;
        LOG.atError()
                .addKeyValue("end", log.endOffset())
                .addKeyValue("once", once)
                .log("this disk is older than it was: it lost metadata that it had acknowledged. The node starts over"
                        + " with a new directory id, and copies what it lost from the others");
        return directory.startOver();
    }

    /// How far the log of this directory once was, as a leader remembers; -1 when nobody knows.
    private static long once(NodeIdentity identity, List<HostPort> voters, Question question) {
        List<CompletableFuture<Long>> asked = new ArrayList<>();
        for (HostPort voter : voters) {
            asked.add(question.ask(voter)
                    .toCompletableFuture()
                    .thenApply(answer -> known(answer, identity))
                    .completeOnTimeout(-1L, TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .exceptionally(silent -> -1L));
        }
        return asked.stream().mapToLong(CompletableFuture::join).max().orElse(-1);
    }

    /// What a leader knows of this directory; -1 for anybody else's answer.
    static long known(DescribeQuorumResponseData answer, NodeIdentity identity) {
        if (answer.errorCode() != 0) return -1;
        return answer.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition -> partition.errorCode() == 0)
                .flatMap(partition -> partition.currentVoters().stream())
                .filter(voter -> voter.replicaId() == identity.nodeId()
                        && voter.replicaDirectoryId().equals(identity.directoryId()))
                .mapToLong(DescribeQuorumResponseData.ReplicaState::logEndOffset)
                .max()
                .orElse(-1);
    }
}
