package io.chronik.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.replication.FollowerPosition;
import io.chronik.replication.Partition;
import io.chronik.server.controller.ControllerChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.AlterPartitionResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterPartitionRequest;
import org.apache.kafka.common.requests.AlterPartitionResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsrProposalsTest {
    @TempDir
    Path directory;

    private final Controller controller = new Controller();
    private OneNode node;
    private IsrProposals proposals;

    @BeforeEach
    void open() {
        node = new OneNode(directory);
        proposals = new IsrProposals(OneNode.SELF, () -> 9, controller, node.time.lane(), ReplicationMeter.NONE);
    }

    @AfterEach
    void close() {
        node.close();
    }

    /// Answers when the test says so.
    private static final class Controller implements ControllerChannel {
        private final List<AlterPartitionRequestData> requests = new ArrayList<>();
        private final List<CompletableFuture<AbstractResponse>> answers = new ArrayList<>();

        @Override
        public <R extends AbstractResponse> CompletableFuture<R> send(
                AbstractRequest.Builder<?> request, long timeoutMs, Class<R> type) {
            requests.add(((AlterPartitionRequest) request.build(request.latestAllowedVersion())).data());
            CompletableFuture<AbstractResponse> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer.thenApply(type::cast);
        }

        @Override
        public CompletableFuture<Void> barrier(long timeoutMs) {
            throw new UnsupportedOperationException();
        }

        void answer(int request, Errors error) {
            AlterPartitionResponseData data = new AlterPartitionResponseData();
            for (var topic : requests.get(request).topics()) {
                data.topics()
                        .add(new AlterPartitionResponseData.TopicData()
                                .setTopicId(topic.topicId())
                                .setPartitions(topic.partitions().stream()
                                        .map(asked -> new PartitionData()
                                                .setPartitionIndex(asked.partitionIndex())
                                                .setPartitionEpoch(asked.partitionEpoch() + 1)
                                                .setErrorCode(error.code()))
                                        .toList()));
            }
            answers.get(request).complete(new AlterPartitionResponse(data));
        }
    }

    /// A partition whose leader, alone in sync, wants the other in: it has "a", the leader "a" and "b".
    private Partition expanding(int index) {
        Partition partition = node.leader(index, 1);
        OneNode.assign(partition, OneNode.SELF, 2, List.of(OneNode.SELF));
        node.append(partition, "a");
        node.syncer.runRound();
        partition.lane().execute(() -> partition.onFollowerFetch(new FollowerPosition(OneNode.OTHER, 7, 2, 1, 2, 0)));
        proposals.propose(partition, node.proposals.getLast());
        node.append(partition, "b");
        node.syncer.runRound();
        assertThat(partition.view().highWatermark()).isEqualTo(1);
        return partition;
    }

    @Test
    void whatIsProposedAtOneTimeGoesInOneRequestAndTheNextWaitsForTheAnswer() {
        // Given
        expanding(0);
        expanding(1);
        node.time.advance(2);
        expanding(2);
        node.time.advance(100);

        // When
        int beforeTheAnswer = controller.requests.size();
        controller.answer(0, Errors.NONE);
        node.time.advance(2);

        // Then
        assertThat(beforeTheAnswer).isEqualTo(1);
        AlterPartitionRequestData first = controller.requests.getFirst();
        assertThat(first.brokerId()).isEqualTo(OneNode.SELF);
        assertThat(first.brokerEpoch()).isEqualTo(9);
        assertThat(first.topics().getFirst().partitions()).hasSize(2);
        var asked = first.topics().getFirst().partitions().getFirst();
        assertThat(asked.leaderEpoch()).isEqualTo(2);
        assertThat(asked.newIsrWithEpochs())
                .extracting(member -> member.brokerId() + ":" + member.brokerEpoch())
                .containsExactly("1:9", "2:7");
        assertThat(controller.requests).hasSize(2);
    }

    @Test
    void whatIsRefusedForItsMembersIsOver() {
        // Given
        Partition partition = expanding(0);
        node.time.advance(2);

        // When
        controller.answer(0, Errors.INELIGIBLE_REPLICA);
        node.time.advance(100);

        // Then
        assertThat(partition.view().highWatermark()).isEqualTo(2);
    }

    @Test
    void whatIsRefusedForItsEpochsMayHaveBeenCommittedBefore() {
        // Given
        Partition partition = expanding(0);
        node.time.advance(2);

        // When
        controller.answer(0, Errors.INVALID_UPDATE_VERSION);
        node.time.advance(1_000);

        // Then
        assertThat(partition.view().highWatermark()).isEqualTo(1);
    }

    @Test
    void whatIsNotAnsweredMayHaveBeenCommitted() {
        // Given
        Partition partition = expanding(0);
        node.time.advance(2);

        // When
        controller.answers.getFirst().completeExceptionally(new TimeoutException());
        node.time.advance(1_000);

        // Then
        assertThat(partition.view().highWatermark()).isEqualTo(1);
    }
}
