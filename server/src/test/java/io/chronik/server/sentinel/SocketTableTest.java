package io.chronik.server.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.server.sentinel.SocketTable.State;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SocketTableTest {
    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    private final SocketTable table = new SocketTable(Set.of(9092, 19092));

    @Test
    void listenersAndConnectionsOfThePortsAreFound() throws IOException {
        // When
        add(HEAD
                + line("0100007F:2384", "00000000:0000", "0A", 501)
                + line("0100007F:2384", "0100007F:D431", "01", 502)
                + line("0200000A:4A94", "0100000A:D432", "01", 503));

        // Then
        assertThat(table.state(501)).contains(State.LISTENING);
        assertThat(table.state(502)).contains(State.ESTABLISHED);
        assertThat(table.state(503)).contains(State.ESTABLISHED);
    }

    @Test
    void otherPortsAndStatesAreNot() throws IOException {
        // Given
        String internal = line("0100007F:2385", "0100007F:D433", "01", 504);
        String towardsAClientsPort = line("0100007F:D434", "0100007F:2384", "01", 505);
        String closeWait = line("0100007F:2384", "0100007F:D435", "08", 506);

        // When
        add(HEAD + internal + towardsAClientsPort + closeWait);

        // Then
        assertThat(table.size()).isZero();
    }

    @Test
    void addressesOfIpv6AreRead() throws IOException {
        // When
        add(HEAD
                + line("0000000000000000FFFF00000100007F:2384", "0000000000000000FFFF00000100007F:A3F2", "01", 507)
                + line("00000000000000000000000000000000:2384", "00000000000000000000000000000000:0000", "0A", 508));

        // Then
        assertThat(table.state(507)).contains(State.ESTABLISHED);
        assertThat(table.state(508)).contains(State.LISTENING);
    }

    @Test
    void aLineThatIsCutIsPassedOver() throws IOException {
        // When
        add(HEAD + "   0: 0100007F:2384 00000000:0000 0A 00000000\n\n"
                + line("0100007F:2384", "00000000:0000", "0A", 9));

        // Then
        assertThat(table.size()).isEqualTo(1);
    }

    private void add(String text) throws IOException {
        table.add(new BufferedReader(new StringReader(text)));
    }

    private static String line(String local, String remote, String state, long inode) {
        return "   0: " + local + " " + remote + " " + state + " 00000000:00000000 00:00000000 00000000  1000        0 "
                + inode + " 1 0000000000000000 100 0 0 10 0\n";
    }
}
