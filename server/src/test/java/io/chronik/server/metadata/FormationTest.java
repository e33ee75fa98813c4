package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.Formation.Answer;
import io.chronik.server.metadata.Formation.Next;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FormationTest {
    private static final Answer SILENCE = new Answer.Silence();
    private static final Answer OURS = new Answer.Member("ours");

    @Test
    void whoIsAloneFoundsWithoutAsking() {
        // When
        Formation alone = new Formation(1, new TreeMap<>(), List.of());
        Formation onlyInItsList = new Formation(1, new TreeMap<>(Map.of(1, at(1))), List.of());

        // Then
        assertThat(alone.alone()).isTrue();
        assertThat(alone.next(Map.of())).isEqualTo(new Next.Found());
        assertThat(onlyInItsList.alone()).isTrue();
        assertThat(onlyInItsList.next(Map.of())).isEqualTo(new Next.Found());
    }

    @Test
    void theFounderFoundsOnceAllOthersKnowOfNoCluster() {
        assertThat(next(1, looking(2), looking(3))).isEqualTo(new Next.Found());
    }

    @Test
    void theFounderWaitsForOneThatIsSilent() {
        assertThat(next(1, looking(2), SILENCE)).isEqualTo(new Next.Wait(List.of("node 3 at host-3:9093")));
    }

    @Test
    void aFounderThatLostItsDiskJoinsWhatTheOthersAreIn() {
        assertThat(next(1, looking(2), OURS)).isEqualTo(new Next.Join("ours"));
        assertThat(next(1, SILENCE, OURS)).isEqualTo(new Next.Join("ours"));
    }

    @Test
    void aFounderThatLostItsDiskWaitsWhileTheOthersAreDown() {
        assertThat(next(1, SILENCE, SILENCE)).isInstanceOf(Next.Wait.class);
    }

    @Test
    void twoEmptyDisksJoinTheOneThatIsFull() {
        assertThat(next(2, OURS, looking(3))).isEqualTo(new Next.Join("ours"));
        assertThat(next(1, looking(2), OURS)).isEqualTo(new Next.Join("ours"));
    }

    @Test
    void whoIsNotTheFounderNeverFounds() {
        assertThat(next(2, looking(1), looking(3)))
                .isEqualTo(new Next.Wait(List.of("node 1 at host-1:9093 to found the cluster")));
        assertThat(next(3, SILENCE, SILENCE)).isInstanceOf(Next.Wait.class);
    }

    @Test
    void anotherNodeAtTheAddressIsNotTheOneListed() {
        assertThat(next(1, looking(2), looking(2)))
                .isEqualTo(new Next.Wait(List.of("node 3 at host-3:9093, where node 2 is")));
    }

    @Test
    void nodesOfTwoClustersAreRefused() {
        assertThatThrownBy(() -> next(1, OURS, new Answer.Member("theirs")))
                .isInstanceOf(DataDirectoryRefused.class)
                .hasMessageContaining("different clusters")
                .hasMessageContaining("theirs=host-3:9093");
    }

    @Test
    void whoJoinsTakesAnyMembersWordAndNeverFounds() {
        // Given
        Formation joining = new Formation(7, new TreeMap<>(), List.of(at(1), at(2)));

        // Then
        assertThat(joining.next(Map.of(at(2), OURS))).isEqualTo(new Next.Join("ours"));
        assertThat(joining.next(Map.of(at(1), looking(1), at(2), looking(2)))).isInstanceOf(Next.Wait.class);
        assertThat(joining.next(Map.of())).isInstanceOf(Next.Wait.class);
    }

    /// What node `self` of 1, 2 and 3 does with the answers of the other two, in their order.
    private static Next next(int self, Answer first, Answer second) {
        TreeMap<Integer, HostPort> founders = new TreeMap<>(Map.of(1, at(1), 2, at(2), 3, at(3)));
        Formation formation = new Formation(self, founders, List.of());
        Map<HostPort, Answer> answers = new HashMap<>();
        answers.put(formation.toAsk().get(0), first);
        answers.put(formation.toAsk().get(1), second);
        return formation.next(answers);
    }

    private static Answer looking(int id) {
        return new Answer.Looking(id);
    }

    private static HostPort at(int id) {
        return new HostPort("host-" + id, 9093);
    }
}
