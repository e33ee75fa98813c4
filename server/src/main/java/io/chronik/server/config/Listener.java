package io.chronik.server.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An address that this node listens on. `advertised` is null when clients are told the address they connected to.
public record Listener(
        String name,
        String securityProtocol,
        HostPort bind,
        @Nullable HostPort advertised) {
    public Optional<HostPort> advertisedAddress() {
        return Optional.ofNullable(advertised);
    }
}
