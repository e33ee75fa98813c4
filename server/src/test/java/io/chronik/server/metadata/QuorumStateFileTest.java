package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.log.FileDisk;
import io.chronik.log.SimulatedDisk;
import io.chronik.log.SimulatedDisk.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
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
        QuorumStateFile file = new QuorumStateFile(new FileDisk(), directory.resolve("quorum-state"));
        file.writeElectionState(ElectionState.withUnknownLeader(41, Set.of()), KRaftVersion.KRAFT_VERSION_1);

        // When
        file.writeElectionState(VOTED, KRaftVersion.KRAFT_VERSION_1);

        // Then
        assertThat(file.readElectionState()).contains(VOTED);
    }

    @Test
    void withoutAFileThereWasNoVote() {
        // When
        QuorumStateFile file = new QuorumStateFile(new FileDisk(), directory.resolve("quorum-state"));

        // Then
        assertThat(file.readElectionState()).isEmpty();
    }

    @Test
    void aDamagedFileIsNotTakenForNoVote() throws Exception {
        // Given
        QuorumStateFile file = new QuorumStateFile(new FileDisk(), directory.resolve("quorum-state"));
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

    @Test
    void aVoteThatWasWrittenSurvivesAPowerCutAtAnyTimeAfterIt() {
        for (int seed = 0; seed < 500; seed++) {
            // Given: votes in ever later epochs, and a disk that fails at some moment
            Random random = new Random(seed);
            SimulatedDisk disk = new SimulatedDisk();
            Path metadata = Path.of("/data/metadata");
            disk.createDirectories(metadata);
            QuorumStateFile file = new QuorumStateFile(disk, metadata.resolve("quorum-state"));
            int[] operationsLeft = {random.nextInt(30)};
            disk.faults((operation, path) -> {
                if (operation != Operation.READ && operationsLeft[0]-- == 0) throw new IOException("power cut");
            });

            // When
            int written = 0;
            int begun = 0;
            try {
                while (begun < 6) {
                    begun++;
                    file.writeElectionState(vote(begun), KRaftVersion.KRAFT_VERSION_1);
                    written = begun;
                }
            } catch (UncheckedIOException powerCut) {
                assertThat(powerCut).hasMessageContaining("can't write");
            }
            disk.faults(SimulatedDisk.Faults.NONE);
            disk.powerCut(random);

            // Then: the last one that was written, or the one that was being written
            int found = file.readElectionState().map(ElectionState::epoch).orElse(0);
            assertThat(found).as("seed " + seed).isBetween(written, begun);
        }
    }

    private static ElectionState vote(int epoch) {
        return ElectionState.withVotedCandidate(epoch, ReplicaKey.of(epoch % 3, new Uuid(1, 2)), Set.of());
    }
}
