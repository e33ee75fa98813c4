package io.chronik.simulator;

import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.OffsetCommitResponse;

/// A consumer of one partition without a membership, as after `assign()`: commits ever larger offsets, each
/// again until it is acknowledged, and asks what is committed; or only asks. One request at a time, to
/// whichever node it was told is the group's coordinator.
final class GroupClient {
    private static final int ADDRESS = 200;
    private static final int NOBODY = 0;
    private static final String TOPIC = "topic-0";

    private final int id;
    private final SimulatedGroups groups;
    private final CommittedOffset committed;
    private final boolean commits;
    private final Cluster cluster;
    private final Chance chance;
    private int pauseMs;
    private int coordinator = NOBODY;
    private int connectedTo = 1;
    private SimulatedNetwork.Connection requests;
    private SimulatedNetwork.Connection answers;

    /// Counts requests: the answer of an earlier one is not waited for any more.
    private int asked;

    private boolean busy;
    private boolean stopped;
    private long offset;
    private boolean acknowledged = true;
    private int ackedCount;
    private boolean answered;

    GroupClient(
            int id,
            SimulatedGroups groups,
            CommittedOffset committed,
            boolean commits,
            Cluster cluster,
            Chance chance) {
        this.id = id;
        this.groups = groups;
        this.committed = committed;
        this.commits = commits;
        this.cluster = cluster;
        this.chance = chance;
        this.pauseMs = (int) chance.between(5, 60);
        this.requests = cluster.network().connect(ADDRESS + id, 1);
        this.answers = cluster.network().connect(1, ADDRESS + id);
    }

    void start() {
        cluster.time().afterUs(chance.between(0, pauseMs * 1_000L), this::tick);
    }

    void slowDown() {
        pauseMs = Math.max(pauseMs, 60);
    }

    void stop() {
        stopped = true;
    }

    /// For an acknowledgement.
    boolean waits() {
        return !acknowledged;
    }

    int ackedCount() {
        return ackedCount;
    }

    void forgetAnswers() {
        answered = false;
    }

    /// Since then. For who commits, acknowledgements.
    boolean hasAnswers() {
        return answered;
    }

    @Override
    public String toString() {
        return "client " + id + " of " + committed.group();
    }

    private void tick() {
        if (stopped && acknowledged) return;
        if (!busy) ask();
        // A new coordinator is asked soon.
        long atMostMs = coordinator == NOBODY ? 5 : pauseMs * 2L;
        cluster.time().afterUs(chance.between(500, atMostMs * 1_000), this::tick);
    }

    private void ask() {
        if (coordinator == NOBODY) find();
        else if (commits && (!acknowledged || chance.percent(60))) commit();
        else fetch();
    }

    // ---- The coordinator ----

    /// Asks any node, which may know less than others. Who only looks sometimes tries a node that nobody has named.
    private void find() {
        connect(chance.oneOf(cluster.nodes()).id());
        if (!commits && chance.percent(50)) {
            coordinator = connectedTo;
            fetch();
            return;
        }
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKeyType(CoordinatorType.GROUP.id());
        request.coordinatorKeys().add(committed.group());
        send(new Question(ApiKeys.FIND_COORDINATOR, GroupCall.FIND_VERSION, request), response -> {
            Coordinator found =
                    ((FindCoordinatorResponse) response).coordinators().getFirst();
            if (found.errorCode() != Errors.NONE.code()) return;
            coordinator = found.nodeId();
            connect(coordinator);
        });
    }

    private void connect(int node) {
        requests.close();
        requests = cluster.network().connect(ADDRESS + id, node);
        answers = cluster.network().connect(node, ADDRESS + id);
        connectedTo = node;
    }

    /// By an answer that it is not who was asked, or by none.
    private void onRefused() {
        coordinator = NOBODY;
        requests.close();
    }

    // ---- What it asks for ----

    private void commit() {
        if (acknowledged) offset += chance.between(1, 9);
        acknowledged = false;
        long committing = offset;
        CommittedOffset.Attempt attempt = committed.onSent(committing, requests);
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId(committed.group())
                .setGenerationIdOrMemberEpoch(-1)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(TOPIC)
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(committing)))));
        Question question = new Question(ApiKeys.OFFSET_COMMIT, GroupCall.COMMIT_VERSION, request);
        int node = connectedTo;
        send(question, attempt::onArrived, (response, _, _) -> {
            Errors error = Errors.forCode(((OffsetCommitResponse) response)
                    .data()
                    .topics()
                    .getFirst()
                    .partitions()
                    .getFirst()
                    .errorCode());
            long certain = committed.onAnswered(attempt);
            cluster.trace("group client %d: commit of %d on node %d: %s", id, committing, node, error);
            return () -> {
                if (error != Errors.NONE) {
                    onRefused();
                    return;
                }
                committed.onKnown(certain);
                acknowledged = true;
                ackedCount++;
                answered = true;
                cluster.digest().add("commit", id, committing);
            };
        });
    }

    private void fetch() {
        long atLeast = committed.known();
        int node = connectedTo;
        Question question = SimulatedGroups.fetchOf(committed.group(), TOPIC, chance.percent(50));
        send(question, _ -> {}, (response, before, now) -> {
            long shown = SimulatedGroups.shown(response, committed.group());
            cluster.trace(
                    "group client %d: node %d shows %d, at least %d is committed; it leads in epochs %d, %d",
                    id, node, shown, atLeast, before, now);
            if (shown == SimulatedGroups.REFUSED) return this::onRefused;
            boolean counts = before == now && now != SimulatedGroups.DEPOSED;
            long certain = counts ? committed.onShown(shown, atLeast, node) : CommittedOffset.NONE;
            return () -> {
                committed.onKnown(certain);
                answered |= !commits;
                cluster.digest().add("offset", id, shown);
            };
        });
    }

    // ---- Over the network ----

    /// `data` in `version` of `api`.
    record Question(ApiKeys api, short version, ApiMessage data) {}

    /// At the node, with the epochs in which it led when it was asked and when it answered. What it returns
    /// happens when the answer comes to the client, if it waits for it.
    private interface Answer {
        Runnable on(AbstractResponse response, int askedInEpoch, int answeredInEpoch);
    }

    private void send(Question question, Consumer<AbstractResponse> onAnswer) {
        send(question, _ -> {}, (response, _, _) -> () -> onAnswer.accept(response));
    }

    private void send(Question question, Consumer<SimulatedProcess> onArrived, Answer onAnswer) {
        busy = true;
        int number = ++asked;
        SimulatedNetwork.Connection over = requests;
        SimulatedNetwork.Connection back = answers;
        int to = connectedTo;
        over.send(() -> cluster.node(to)
                .running()
                .ifPresentOrElse(
                        running -> {
                            if (!over.leadsTo(running.process())) return;
                            onArrived.accept(running.process());
                            running.process().run(() -> serve(running, question, number, back, onAnswer));
                        },
                        over::close));
        cluster.time().afterMs(chance.between(30, 500), () -> {
            if (number != asked || !busy) return;
            busy = false;
            onRefused();
        });
    }

    private void serve(
            SimulatedNode.Running running,
            Question question,
            int number,
            SimulatedNetwork.Connection back,
            Answer onAnswer) {
        int before = groups.epochOf(running, committed.group());
        groups.ask(running, question, response -> {
            Runnable then = onAnswer.on(response, before, groups.epochOf(running, committed.group()));
            back.send(() -> {
                if (number != asked || !busy) return;
                busy = false;
                then.run();
            });
        });
    }
}
