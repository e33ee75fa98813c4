package io.chronik.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/// Where to listen, or what to tell clients. An empty host means all interfaces; port 0 any free port.
public record HostPort(String host, int port) {
    public HostPort {
        if (port < 0 || port > 65_535) throw new IllegalArgumentException("port " + port + " is not in 0..65535");
    }

    /// Reads `host:port`, `[v6]:port` or `:port`; empty when `text` is none of them.
    public static Optional<HostPort> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) return Optional.empty();
        String host = text.substring(0, colon).strip();
        if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
        else if (host.indexOf(':') >= 0 || host.indexOf('/') >= 0) return Optional.empty();
        try {
            return Optional.of(new HostPort(
                    host, Integer.parseInt(text.substring(colon + 1).strip())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public boolean isWildcard() {
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::") || host.equals("0:0:0:0:0:0:0:0");
    }

    /// Whether only processes of this machine can connect. Asks the resolver for names other than localhost.
    boolean isLoopback() throws UnknownHostException {
        if (isWildcard()) return false;
        if (host.toLowerCase(Locale.ROOT).equals("localhost")) return true;
        return InetAddress.getByName(host).isLoopbackAddress();
    }

    HostPort plus(int portOffset) {
        return port == 0 ? this : new HostPort(host, port + portOffset);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
