package io.chronik.server.metadata;

import io.chronik.base.Lane;
import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.Formation.Answer;
import io.chronik.server.metadata.Formation.Next;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks for the cluster of a node with an empty data directory, until it is found or this node has to begin it.
///
/// Every node answers those who look, from its first moment on: [#answer].
public final class ClusterSearch {
    static final long PAUSE_MS = 100;

    /// A waiting node says what for when that changes, and this often.
    static final long REMIND_MS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(ClusterSearch.class);

    /// Asks whoever listens at an address, within a second. A failure counts as silence.
    public interface Question {
        CompletionStage<Answer> ask(HostPort address);
    }

    private final Formation formation;
    private final Question question;
    private final Lane lane;
    private final CompletableFuture<Next> done = new CompletableFuture<>();
    private List<String> missing = List.of();
    private long remindAtMs;

    public ClusterSearch(Formation formation, Question question, Lane lane) {
        this.formation = formation;
        this.question = question;
        this.lane = lane;
    }

    /// [Next.Found] or [Next.Join]; fails with [DataDirectoryRefused].
    public CompletableFuture<Next> start() {
        lane.execute(this::round);
        return done;
    }

    /// The identity of the node whose data directory is new, written there.
    ///
    /// @param wantedClusterId the cluster's id that the operator gave, for a new one or to be sure
    /// @throws DataDirectoryRefused when the cluster is another one
    public static NodeIdentity settle(
            Next next, int nodeId, Optional<String> wantedClusterId, MetadataDirectory directory, RaftSettings raft) {
        return switch (next) {
            case Next.Found() ->
                directory.found(
                        nodeId,
                        wantedClusterId.orElseGet(() -> Uuid.randomUuid().toString()),
                        raft);
            case Next.Join(String clusterId) -> {
                if (!wantedClusterId.orElse(clusterId).equals(clusterId)) {
                    throw new DataDirectoryRefused("the nodes named by --cluster or --join belong to cluster "
                            + clusterId + ", not to cluster " + wantedClusterId.get());
                }
                yield directory.join(nodeId, clusterId);
            }
            case Next.Wait(List<String> missing) -> throw new IllegalArgumentException("still missing " + missing);
        };
    }

    /// What a node says of itself before it takes part in anything: its cluster, or none, and who it is. Never before
    /// it knows what is on its disk: the founder of a second cluster would take that for none.
    public static DescribeClusterResponseData answer(Optional<String> clusterId, int nodeId, HostPort internalAddress) {
        DescribeClusterResponseData answer = new DescribeClusterResponseData()
                .setClusterId(clusterId.orElse(""))
                .setControllerId(MetadataLog.Leader.NONE);
        answer.brokers()
                .add(new DescribeClusterBroker()
                        .setBrokerId(nodeId)
                        .setHost(internalAddress.host())
                        .setPort(internalAddress.port()));
        return answer;
    }

    /// What such an answer, or a member's, says.
    public static Answer read(DescribeClusterResponseData answer) {
        if (answer.errorCode() != 0) return new Answer.Silence();
        if (!answer.clusterId().isEmpty()) return new Answer.Member(answer.clusterId());
        if (answer.brokers().size() != 1) return new Answer.Silence();
        return new Answer.Looking(answer.brokers().iterator().next().brokerId());
    }

    private void round() {
        Map<HostPort, Answer> answers = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> asked = new ArrayList<>();
        for (HostPort address : formation.toAsk()) {
            asked.add(question.ask(address)
                    .thenAccept(answer -> answers.put(address, answer))
                    .exceptionally(silent -> null)
                    .toCompletableFuture());
        }
        var _ = CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenRun(() -> lane.execute(() -> decide(answers)));
    }

    private void decide(Map<HostPort, Answer> answers) {
        Next next;
        try {
            next = formation.next(answers);
        } catch (DataDirectoryRefused refused) {
            done.completeExceptionally(refused);
            return;
        }
        if (next instanceof Next.Wait(List<String> still)) {
            remind(still);
            lane.after(PAUSE_MS, this::round);
        } else {
            done.complete(next);
        }
    }

    private void remind(List<String> still) {
        if (still.equals(missing) && lane.nowMs() < remindAtMs) return;
        missing = still;
        remindAtMs = lane.nowMs() + REMIND_MS;
        LOG.atInfo().addKeyValue("missing", String.join(", ", still)).log("waiting to become part of a cluster");
    }
}
