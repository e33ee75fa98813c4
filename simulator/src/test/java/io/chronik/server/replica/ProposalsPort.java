package io.chronik.server.replica;

import io.chronik.replication.IsrProposal;
import io.chronik.replication.Partition;

/// The way in to [IsrProposals], which in production only `ReplicaFetchers` has.
public final class ProposalsPort {
    private ProposalsPort() {}

    public static void propose(IsrProposals proposals, Partition partition, IsrProposal proposal) {
        proposals.propose(partition, proposal);
    }
}
