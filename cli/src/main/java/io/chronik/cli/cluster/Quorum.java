package io.chronik.cli.cluster;

import io.chronik.cli.client.Answers;
import io.chronik.cli.output.Failure;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/// The metadata quorum as its leader sees it. `highWatermark` is how far the log is committed.
public record Quorum(int leader, long epoch, long highWatermark, List<Replica> voters, List<Replica> observers) {
    /// One copy of the metadata log. `lag` counts entries behind the leader's end; `lastCaughtUpMs` is when the replica
    /// last had all of the log, as the leader's clock saw it.
    public record Replica(
            int id,
            String directoryId,
            long logEndOffset,
            long lag,
            @Nullable Long lastCaughtUpMs) {}

    /// Empty for a cluster whose nodes cannot say.
    public static Optional<Quorum> of(Admin admin) {
        try {
            return Optional.of(of(admin.describeMetadataQuorum().quorumInfo().get()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnsupportedVersionException) {
                return Optional.empty();
            }
            throw new Failure(Answers.reason(e.getCause() == null ? e : e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }

    static Quorum of(QuorumInfo info) {
        long end = info.voters().stream()
                .filter(voter -> voter.replicaId() == info.leaderId())
                .mapToLong(QuorumInfo.ReplicaState::logEndOffset)
                .findFirst()
                .orElse(info.highWatermark());
        return new Quorum(
                info.leaderId(),
                info.leaderEpoch(),
                info.highWatermark(),
                replicas(info.voters(), end),
                replicas(info.observers(), end));
    }

    private static List<Replica> replicas(List<QuorumInfo.ReplicaState> states, long end) {
        return states.stream()
                .map(state -> new Replica(
                        state.replicaId(),
                        state.replicaDirectoryId().toString(),
                        state.logEndOffset(),
                        Math.max(0, end - Math.max(0, state.logEndOffset())),
                        known(state.lastCaughtUpTimestamp())))
                .sorted(Comparator.comparingInt(Replica::id))
                .toList();
    }

    private static @Nullable Long known(OptionalLong timestamp) {
        return timestamp.isPresent() && timestamp.getAsLong() >= 0 ? timestamp.getAsLong() : null;
    }

    /// `leader`, `voter`, `observer`, or `-` for a node that has no copy of the log that the leader knows of.
    public String roleOf(int node) {
        if (node == leader) {
            return "leader";
        }
        if (voters.stream().anyMatch(voter -> voter.id() == node)) {
            return "voter";
        }
        return observers.stream().anyMatch(observer -> observer.id() == node) ? "observer" : "-";
    }
}
