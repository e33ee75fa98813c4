package io.chronik.server.metadata;

import io.chronik.server.metadata.RaftCluster.Member;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.raft.RaftUtil;
import org.apache.kafka.raft.ReplicaKey;

/// Raft's requests as another node or an operator sends them.
final class QuorumRequests {
    private QuorumRequests() {}

    static DescribeQuorumResponseData.PartitionData describe(Member leader) {
        return quorum(leader).topics().getFirst().partitions().getFirst();
    }

    static DescribeQuorumResponseData quorum(Member member) {
        return (DescribeQuorumResponseData) ask(
                member,
                ApiKeys.DESCRIBE_QUORUM,
                RaftUtil.singletonDescribeQuorumRequest(Topic.CLUSTER_METADATA_TOPIC_PARTITION));
    }

    static Errors remove(Member leader, Member removed) {
        ReplicaKey voter = ReplicaKey.of(removed.id, removed.identity.directoryId());
        RemoveRaftVoterResponseData answer = (RemoveRaftVoterResponseData)
                ask(leader, ApiKeys.REMOVE_RAFT_VOTER, RaftUtil.removeVoterRequest(RaftCluster.CLUSTER_ID, voter));
        return Errors.forCode(answer.errorCode());
    }

    /// Whether `voter` gives `candidate` its vote in `epoch`.
    static boolean vote(Member voter, int epoch, int candidate) {
        return vote(voter, epoch, candidate, false);
    }

    /// Whether `voter` would do so, if `candidate` began an election after `epoch`.
    static boolean preVote(Member voter, int epoch, int candidate) {
        return vote(voter, epoch, candidate, true);
    }

    private static boolean vote(Member voter, int epoch, int candidate, boolean preVote) {
        ReplicaKey self = ReplicaKey.of(voter.id, voter.identity.directoryId());
        VoteResponseData answer = (VoteResponseData) ask(
                voter,
                ApiKeys.VOTE,
                RaftUtil.singletonVoteRequest(
                        Topic.CLUSTER_METADATA_TOPIC_PARTITION,
                        RaftCluster.CLUSTER_ID,
                        epoch,
                        ReplicaKey.of(candidate, new Uuid(1, candidate)),
                        self,
                        epoch - 1,
                        1_000_000,
                        preVote));
        VoteResponseData.PartitionData partition =
                answer.topics().getFirst().partitions().getFirst();
        return partition.leaderEpoch() == epoch && partition.voteGranted();
    }

    private static ApiMessage ask(Member member, ApiKeys api, ApiMessage request) {
        return member.host
                .handle(RaftWire.LISTENER, api.latestVersion(), request)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
