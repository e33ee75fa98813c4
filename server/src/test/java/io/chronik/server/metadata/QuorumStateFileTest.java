package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.raft.ElectionState;
import org.apache.kafka.raft.ReplicaKey;
import org.apache.kafka.server.common.KRaftVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuorumStateFileTest {
    private static final ElectionState VOTED =
            ElectionState.withElectedLeader(42, 3, Optional.of(ReplicaKey.of(3, new Uuid(1, 2))), Set.of());

    @TempDir
    Path directory;

    @Test
    void theVoteComesBackAsItWasWritten() {
        // Given
        QuorumStateFile file = new QuorumStateFile(directory.resolve("quorum-state"));
        file.writeElectionState(ElectionState.withUnknownLeader(41, Set.of()), KRaftVersion.KRAFT_VERSION_1);

        // When
        file.writeElectionState(VOTED, KRaftVersion.KRAFT_VERSION_1);

        // Then
        assertThat(file.readElectionState()).contains(VOTED);
    }

    @Test
    void withoutAFileThereWasNoVote() {
        // When
        QuorumStateFile file = new QuorumStateFile(directory.resolve("quorum-state"));

        // Then
        assertThat(file.readElectionState()).isEmpty();
    }

    @Test
    void aDamagedFileIsNotTakenForNoVote() throws Exception {
        // Given
        QuorumStateFile file = new QuorumStateFile(directory.resolve("quorum-state"));
        file.writeElectionState(VOTED, KRaftVersion.KRAFT_VERSION_1);
        byte[] whole = Files.readAllBytes(file.path());

        for (int length = 0; length < whole.length; length++) {
            // When
            Files.write(file.path(), Arrays.copyOf(whole, length));

            // Then
            assertThatThrownBy(file::readElectionState).isInstanceOf(UncheckedIOException.class);
        }
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x10;
            Files.write(file.path(), damaged);
            assertThatThrownBy(file::readElectionState).isInstanceOf(UncheckedIOException.class);
        }
    }
}
