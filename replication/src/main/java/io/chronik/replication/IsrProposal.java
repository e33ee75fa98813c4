package io.chronik.replication;

import java.util.List;

/// A change of the in-sync set that a leader asks for, on the basis of (leaderEpoch, partitionEpoch): refused when the
/// metadata has moved on (KIP-497). It takes effect when the metadata says so.
public record IsrProposal(long proposalId, int leaderEpoch, int partitionEpoch, List<Member> isr) {
    public IsrProposal {
        isr = List.copyOf(isr);
    }

    /// `nodeEpoch`: of the process that was seen to fetch (KIP-841); -1 when it has not been seen.
    public record Member(int replica, long nodeEpoch) {}

    List<Integer> replicas() {
        return isr.stream().map(Member::replica).toList();
    }
}
