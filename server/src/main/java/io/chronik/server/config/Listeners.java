package io.chronik.server.config;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// All addresses of a node: those for clients in the order given, the internal one for other nodes, and the one for
/// metrics and health unless it is off.
public record Listeners(
        List<Listener> clients, Listener internal, @Nullable HostPort http) {
    public Listeners {
        clients = List.copyOf(clients);
    }

    public Optional<HostPort> httpAddress() {
        return Optional.ofNullable(http);
    }

    Listeners withInternalAdvertised(HostPort address) {
        Listener known = new Listener(internal.name(), internal.securityProtocol(), internal.bind(), address);
        return new Listeners(clients, known, http);
    }
}
