package io.chronik.server.sentinel;

import java.io.BufferedReader;
import java.io.FileReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The TCP sockets of some local ports, by inode, as the tables of Linux have them (`/proc/net/tcp`, `/proc/net/tcp6`):
///
///     sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …
///     0: 0100007F:2384 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0       0 12345 …
///
/// Addresses and ports are hexadecimal. A connection that nobody has accepted yet has the inode 0.
final class SocketTable {
    enum State {
        ESTABLISHED,
        LISTENING
    }

    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private final Set<Integer> ports;
    private final Map<Long, State> states = new HashMap<>();

    SocketTable(Set<Integer> ports) {
        this.ports = ports;
    }

    /// Adds what a table has of the ports. A line that is not like the others is passed over: the head is one.
    void add(BufferedReader table) throws IOException {
        for (String line = table.readLine(); line != null; line = table.readLine()) {
            String[] fields = line.strip().split("\\s+", -1);
            if (fields.length <= INODE || !fields[LOCAL_ADDRESS].contains(":")) continue;
            Optional<State> state = state(fields[STATE]);
            if (state.isPresent() && ports.contains(port(fields[LOCAL_ADDRESS])))
                states.put(Long.parseLong(fields[INODE]), state.get());
        }
    }

    /// The tables of the network that process `pid` is in. Without IPv6 there is no table of it.
    static SocketTable of(long pid, Set<Integer> ports) throws IOException {
        SocketTable table = new SocketTable(ports);
        for (String name : new String[] {"tcp", "tcp6"}) {
            java.io.File file = new java.io.File("/proc/" + pid + "/net/" + name);
            if (!file.exists()) continue;
            try (BufferedReader lines = new BufferedReader(new FileReader(file, StandardCharsets.US_ASCII))) {
                table.add(lines);
            }
        }
        return table;
    }

    /// Empty when the socket is of another port, or in a state that is of no interest.
    Optional<State> state(long inode) {
        return Optional.ofNullable(states.get(inode));
    }

    int size() {
        return states.size();
    }

    private static Optional<State> state(String code) {
        return switch (code) {
            case "01" -> Optional.of(State.ESTABLISHED);
            case "0A" -> Optional.of(State.LISTENING);
            default -> Optional.empty();
        };
    }

    private static int port(String address) {
        return Integer.parseInt(address, address.lastIndexOf(':') + 1, address.length(), 16);
    }
}
