package io.chronik.cli.member;

import io.chronik.cli.client.Answers;
import io.chronik.cli.output.Failure;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.QuorumInfo.ReplicaState;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.DuplicateVoterException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.VoterNotFoundException;

/// Changes of who votes on metadata. One change at a time is possible, and none before a new leader has committed
/// something, so a retriable refusal is asked again for a while.
final class Voters {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(15);
    private static final long PAUSE_MS = 200;

    private Voters() {}

    /// Makes an observer a voter. `address` is needed when the cluster does not know where it listens internally.
    static void add(Admin admin, int node, Optional<RaftVoterEndpoint> address) {
        QuorumInfo quorum = Answers.await(admin.describeMetadataQuorum().quorumInfo());
        if (has(quorum.voters(), node)) {
            throw new Failure("node " + node + " is a voter already");
        }
        Uuid directory = directory(quorum.observers(), node)
                .orElseThrow(() -> new Failure("node " + node + " does not follow the metadata; is it running?"));
        Set<RaftVoterEndpoint> endpoints = address.map(Set::of).orElseGet(() -> known(quorum, node));
        patiently(() -> admin.addRaftVoter(node, directory, endpoints).all(), DuplicateVoterException.class);
    }

    /// With `ifAny` a node that is no voter is left alone.
    static void remove(Admin admin, int node, boolean ifAny) {
        QuorumInfo quorum = Answers.await(admin.describeMetadataQuorum().quorumInfo());
        Optional<Uuid> directory = directory(quorum.voters(), node);
        if (directory.isEmpty()) {
            if (ifAny) {
                return;
            }
            throw new Failure("node " + node + " is not a voter");
        }
        if (quorum.voters().size() == 1) {
            throw new Failure("node " + node + " is the only voter; make another node one first");
        }
        patiently(() -> admin.removeRaftVoter(node, directory.get()).all(), VoterNotFoundException.class);
    }

    private static boolean has(List<ReplicaState> replicas, int node) {
        return directory(replicas, node).isPresent();
    }

    private static Optional<Uuid> directory(List<ReplicaState> replicas, int node) {
        return replicas.stream()
                .filter(replica -> replica.replicaId() == node)
                .map(ReplicaState::replicaDirectoryId)
                .findFirst();
    }

    private static Set<RaftVoterEndpoint> known(QuorumInfo quorum, int node) {
        QuorumInfo.Node known = quorum.nodes().get(node);
        return known == null ? Set.of() : Set.copyOf(known.endpoints());
    }

    /// `done` is the refusal that says: an earlier attempt whose answer was lost did it.
    private static void patiently(Supplier<KafkaFuture<Void>> change, Class<? extends Throwable> done) {
        long deadlineNs = System.nanoTime() + PATIENCE_NS;
        for (int attempt = 0; ; attempt++) {
            try {
                change.get().get();
                return;
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                if (attempt > 0 && done.isInstance(cause)) {
                    return;
                }
                if (!(cause instanceof RetriableException) || System.nanoTime() > deadlineNs) {
                    throw new Failure(Answers.reason(cause), cause);
                }
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Failure("interrupted", e);
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }
}
