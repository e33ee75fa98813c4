package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.disk;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VoterCountTest {
    @ParameterizedTest
    @CsvSource({
        // nodes, voters, wanted, the next voter or 0
        "1, 1, 3, 0",
        "2, 1, 3, 0",
        "3, 1, 3, 2",
        "3, 2, 3, 3",
        "3, 3, 3, 0",
        "5, 3, 3, 0",
        "5, 3, 5, 4",
        "4, 1, 1, 0",
        "4, 2, 4, 3",
        "4, 3, 4, 0",
    })
    void votersAreAddedUpToAnOddNumber(int nodes, int voters, int wanted, int expected) {
        assertThat(next(image(nodes), quorum(voters, nodes, 100), wanted)
                        .map(AddRaftVoterRequestData::voterId)
                        .orElse(0))
                .isEqualTo(expected);
    }

    @Test
    void theRequestSaysWhereTheNodeIs() {
        // When
        AddRaftVoterRequestData request = next(image(3), quorum(1, 3, 100), 3).orElseThrow();

        // Then
        assertThat(request.voterDirectoryId()).isEqualTo(disk(2));
        assertThat(request.clusterId()).isEqualTo("cluster");
        assertThat(request.listeners().find("CONTROLLER").host()).isEqualTo("node-2");
        assertThat(request.listeners().find("CONTROLLER").port()).isEqualTo(9093);
    }

    @Test
    void whoIsFarBehindOrFencedOrOnAnotherDiskDoesNotVote() {
        // Given
        PartitionData behind = quorum(1, 3, 100).setHighWatermark(5_000);
        PartitionData anotherDisk = quorum(1, 3, 100);
        anotherDisk.observers().forEach(observer -> observer.setReplicaDirectoryId(Uuid.ONE_UUID));

        // Then
        assertThat(next(image(3), behind, 3)).isEmpty();
        assertThat(next(image(3), anotherDisk, 3)).isEmpty();
        assertThat(next(image(3).apply(new Command.FenceNode(2, 2)), quorum(1, 3, 100), 3))
                .isEmpty();
    }

    private static Optional<AddRaftVoterRequestData> next(ClusterImage image, PartitionData quorum, int wanted) {
        return VoterCount.next(quorum, image, wanted, "CONTROLLER", "cluster", 1_000);
    }

    private static PartitionData quorum(int voters, int nodes, long end) {
        return new PartitionData()
                .setHighWatermark(end)
                .setCurrentVoters(replicas(1, voters, end))
                .setObservers(replicas(voters + 1, nodes, end));
    }

    private static List<ReplicaState> replicas(int first, int last, long end) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(id -> new ReplicaState()
                        .setReplicaId(id)
                        .setReplicaDirectoryId(disk(id))
                        .setLogEndOffset(end))
                .toList();
    }

    private static ClusterImage image(int count) {
        ClusterImage image = ClusterImage.EMPTY;
        for (int id = 1; id <= count; id++) {
            List<NodeImage.Endpoint> endpoints = List.of(
                    new NodeImage.Endpoint("PLAINTEXT", "PLAINTEXT", "node-" + id, 9092),
                    new NodeImage.Endpoint("CONTROLLER", "PLAINTEXT", "node-" + id, 9093));
            image = image.apply(new Command.AddNode(new NodeImage(id, id, disk(id), endpoints, null, false)));
        }
        return image;
    }
}
