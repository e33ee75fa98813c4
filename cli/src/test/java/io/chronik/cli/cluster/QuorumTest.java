package io.chronik.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.cli.cluster.Quorum.Replica;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuorumTest {
    @Test
    void everyNodeHasARole() {
        Quorum quorum = new Quorum(
                2,
                5,
                100,
                List.of(new Replica(1, "a", 90, 10, null), new Replica(2, "b", 100, 0, null)),
                List.of(new Replica(4, "d", 100, 0, null)));
        assertThat(quorum.roleOf(1)).isEqualTo("voter");
        assertThat(quorum.roleOf(2)).isEqualTo("leader");
        assertThat(quorum.roleOf(4)).isEqualTo("observer");
        assertThat(quorum.roleOf(9)).isEqualTo("-");
    }

    @Test
    void anEarlierDiskOfAVoterIsNoVoter() {
        Quorum quorum = new Quorum(
                1,
                5,
                100,
                List.of(new Replica(1, "a", 100, 0, null), new Replica(2, "new", 100, 0, null)),
                List.of(new Replica(2, "old", 60, 40, null)));
        StringWriter shown = new StringWriter();
        // When
        ClusterStatus.printQuorum(quorum, new PrintWriter(shown, true));
        // Then
        assertThat(shown.toString().lines())
                .anyMatch(line -> line.matches("2 +voter +100 +0 +new"))
                .anyMatch(line -> line.matches("2 +observer +60 +40 +old"));
    }
}
