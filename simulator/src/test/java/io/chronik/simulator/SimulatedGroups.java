package io.chronik.simulator;

import io.chronik.metadata.PartitionImage;
import io.chronik.replication.PartitionView;
import io.chronik.simulator.GroupClient.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.utils.Utils;

/// The groups of a cluster that has `__consumer_offsets`: of each, one client that commits and one that looks.
final class SimulatedGroups {
    static final long REFUSED = -2;

    private static final long ASK_AGAIN_MS = 5;

    /// A coordinator that another one has followed, or will before it answers.
    static final int DEPOSED = -1;

    private final Cluster cluster;
    private final List<CommittedOffset> offsets = new ArrayList<>();
    private final List<GroupClient> clients = new ArrayList<>();
    private int answersAtEnd;

    SimulatedGroups(Cluster cluster, long seed, Chance chance) {
        this.cluster = cluster;
        if (cluster.topics().offsetsCount() == 0) return;
        int count = (int) chance.between(1, 3);
        for (int i = 0; i < count; i++) {
            CommittedOffset committed = new CommittedOffset("group-" + i);
            offsets.add(committed);
            for (int kind = 0; kind < 2; kind++) {
                int id = clients.size();
                clients.add(new GroupClient(
                        id, this, committed, kind == 0, cluster, new Chance(seed, "group client " + id)));
            }
        }
    }

    List<GroupClient> clients() {
        return clients;
    }

    void beginQuiet() {
        clients.forEach(GroupClient::forgetAnswers);
    }

    void checkQuiet() {
        for (GroupClient client : clients) {
            Oracle.check(client.hasAnswers(), "%s has no answer although there are no faults any more", client);
        }
    }

    /// Commits that are acknowledged.
    int ackedCount() {
        return clients.stream().mapToInt(GroupClient::ackedCount).sum();
    }

    // ---- At a node ----

    /// In which the node leads the group's partition, as it and all others see it.
    int epochOf(SimulatedNode.Running running, String group) {
        int index = partitionOf(group);
        PartitionImage state = cluster.topics().partition(cluster.image(), index);
        return running.partition(index)
                .map(partition -> partition.view())
                .filter(PartitionView::leading)
                .filter(view -> view.leaderEpoch() == state.leaderEpoch())
                .map(PartitionView::leaderEpoch)
                .orElse(DEPOSED);
    }

    private int partitionOf(String group) {
        return cluster.topics().dataCount()
                + Utils.abs(group.hashCode()) % cluster.topics().offsetsCount();
    }

    void ask(SimulatedNode.Running running, Question question, Consumer<AbstractResponse> answer) {
        running.groups()
                .serve(new GroupCall(cluster, running, question.api(), question.version(), question.data(), answer));
    }

    static Question fetchOf(String group, String topic, boolean stable) {
        OffsetFetchRequestData request = new OffsetFetchRequestData().setRequireStable(stable);
        request.groups()
                .add(new OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(List.of(
                                new OffsetFetchRequestTopics().setName(topic).setPartitionIndexes(List.of(0)))));
        return new Question(ApiKeys.OFFSET_FETCH, GroupCall.FETCH_VERSION, request);
    }

    /// The offset, [CommittedOffset#NONE] or [#REFUSED].
    static long shown(AbstractResponse response, String group) {
        OffsetFetchResponseGroup answer = ((OffsetFetchResponse) response).group(group);
        if (answer.errorCode() != Errors.NONE.code()) return REFUSED;
        var partition = answer.topics().getFirst().partitions().getFirst();
        return partition.errorCode() == Errors.NONE.code() ? partition.committedOffset() : REFUSED;
    }

    // ---- After quiet ----

    /// Every node is asked: who leads the group's partition shows what was acknowledged last, and nobody else answers.
    void askAll() {
        for (CommittedOffset committed : offsets) {
            for (SimulatedNode node : cluster.nodes()) askAtEnd(node, committed);
        }
    }

    /// Leadership may have been given back a moment ago: who still loads is asked again.
    private void askAtEnd(SimulatedNode node, CommittedOffset committed) {
        Question question = fetchOf(committed.group(), cluster.topics().name(0), true);
        ask(node.running().orElseThrow(), question, response -> {
            int leader = cluster.topics()
                    .partition(cluster.image(), partitionOf(committed.group()))
                    .leader();
            if (node.id() == leader && isLoading(response, committed.group())) {
                cluster.time().afterMs(ASK_AGAIN_MS, () -> askAtEnd(node, committed));
                return;
            }
            long shown = shown(response, committed.group());
            Oracle.check(
                    (shown == REFUSED) == (node.id() != leader),
                    "G4: node %d shows %d of %s, and node %d leads",
                    node.id(),
                    shown,
                    committed.group(),
                    leader);
            if (node.id() == leader) committed.onKnown(committed.onShown(shown, committed.known(), leader));
            answersAtEnd++;
        });
    }

    private static boolean isLoading(AbstractResponse response, String group) {
        return ((OffsetFetchResponse) response).group(group).errorCode() == Errors.COORDINATOR_LOAD_IN_PROGRESS.code();
    }

    void checkAllAnswered() {
        int asked = offsets.size() * cluster.nodes().size();
        Oracle.check(answersAtEnd == asked, "G4: %d of %d nodes have answered", answersAtEnd, asked);
        Optional<GroupClient> waiting =
                clients.stream().filter(GroupClient::waits).findFirst();
        Oracle.check(waiting.isEmpty(), "a commit is not answered");
    }
}
