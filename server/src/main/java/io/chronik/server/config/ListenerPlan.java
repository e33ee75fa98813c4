package io.chronik.server.config;

import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns the settings about addresses into [Listeners], or says what is wrong with them.
///
/// Without TLS and authentication a listener is an open door, so one that other machines can reach must be asked for
/// with `chronik.insecure.listener.allow=true` (the container image sets it: there, publishing the port is the
/// decision). A listener with an empty host, as in Kafka's own sample files, is bound to loopback instead of refused.
final class ListenerPlan {
    private static final String LOOPBACK = "127.0.0.1";
    private static final String ALLOW = "chronik.insecure.listener.allow";

    private final NodeSettings settings;
    private final boolean insecureAllowed;
    private final int portOffset;
    private final List<String> problems;
    private final List<String> notices;
    private final List<String> open = new ArrayList<>();

    ListenerPlan(NodeSettings settings, List<String> problems, List<String> notices) {
        this.settings = settings;
        this.insecureAllowed = settings.flag(ALLOW);
        this.portOffset = settings.number("chronik.port.offset");
        this.problems = problems;
        this.notices = notices;
    }

    /// Meaningless when there are problems afterwards.
    Listeners make() {
        Map<String, HostPort> bound = addresses("listeners");
        Map<String, HostPort> advertised = addresses("advertised.listeners");
        HostPort internalByItself = address("chronik.internal.listener");
        HostPort http = httpIsOff() ? null : address("chronik.http.listener");
        if (!problems.isEmpty()) throw new ConfigProblem(problems); // What follows would only repeat them.

        List<Listener> clients = new ArrayList<>();
        Listener internal = null;
        for (Map.Entry<String, HostPort> entry : bound.entrySet()) {
            boolean controller = controllerNames().contains(entry.getKey());
            if (controller && settings.isSet("chronik.internal.listener")) continue;
            Listener listener = listener(entry.getKey(), entry.getValue(), advertised.get(entry.getKey()));
            if (!controller) clients.add(listener);
            else if (internal == null) internal = listener;
        }
        if (internal == null) internal = listener(internalName(), internalByItself, advertised.get(internalName()));
        if (http != null) http = guarded("chronik.http.listener", http);
        if (clients.isEmpty())
            problems.add("listeners has no listener for clients; add one, as PLAINTEXT://127.0.0.1:9092");
        checkOpen();
        checkAdvertised(advertised, bound);
        checkPorts(clients, internal, http);
        return new Listeners(clients, internal, http);
    }

    private boolean httpIsOff() {
        return settings.text("chronik.http.listener").orElse("off").equals("off");
    }

    private String internalName() {
        return controllerNames().isEmpty() ? "CONTROLLER" : controllerNames().getFirst();
    }

    private List<String> controllerNames() {
        return settings.list("controller.listener.names").stream()
                .map(name -> name.toUpperCase(Locale.ROOT))
                .toList();
    }

    private Map<String, HostPort> addresses(String key) {
        Map<String, HostPort> addresses = new LinkedHashMap<>();
        for (String element : settings.list(key)) {
            int scheme = element.indexOf("://");
            HostPort address = scheme <= 0
                    ? null
                    : HostPort.parse(element.substring(scheme + 3)).orElse(null);
            if (address == null)
                problems.add(key + ": " + element + " is not an address; write it as PLAINTEXT://127.0.0.1:9092");
            else if (addresses.put(element.substring(0, scheme).toUpperCase(Locale.ROOT), address) != null)
                problems.add(key + ": the listener " + element.substring(0, scheme) + " is there twice; rename one");
        }
        return addresses;
    }

    private Listener listener(String name, HostPort bind, @Nullable HostPort advertised) {
        return new Listener(name, protocol(name), guarded("listener " + name, bind), advertised);
    }

    private HostPort address(String key) {
        String text = settings.text(key).orElse("");
        return HostPort.parse(text).orElseGet(() -> {
            problems.add("Invalid value " + text + " for " + key + ": must be host:port, as in 127.0.0.1:8080");
            return new HostPort(LOOPBACK, 0);
        });
    }

    private String protocol(String name) {
        Map<String, String> map = protocolMap();
        String protocol = map.get(name);
        boolean controller = controllerNames().contains(name);
        if (protocol == null && controller) return "PLAINTEXT";
        if (protocol == null) {
            problems.add("listener " + name + " has no protocol; add " + name
                    + ":PLAINTEXT to listener.security.protocol.map");
            return "PLAINTEXT";
        }
        if (!protocol.equals("PLAINTEXT"))
            problems.add("listener " + name + " asks for " + protocol
                    + ", which Chronik does not have yet (no TLS, no SASL); use PLAINTEXT on a trusted address");
        return protocol;
    }

    private Map<String, String> protocolMap() {
        Map<String, String> map = new HashMap<>();
        for (String protocol : List.of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")) map.put(protocol, protocol);
        for (String pair : settings.list("listener.security.protocol.map")) {
            int colon = pair.indexOf(':');
            String protocol = colon < 0 ? "" : pair.substring(colon + 1).strip().toUpperCase(Locale.ROOT);
            if (!List.of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL").contains(protocol))
                problems.add("listener.security.protocol.map: " + pair + " is not NAME:PROTOCOL with PLAINTEXT, SSL,"
                        + " SASL_PLAINTEXT or SASL_SSL");
            else map.put(pair.substring(0, colon).strip().toUpperCase(Locale.ROOT), protocol);
        }
        return map;
    }

    /// `asked` with the port offset, and never more open than the operator allowed.
    private HostPort guarded(String what, HostPort asked) {
        if (asked.port() != 0 && asked.port() + portOffset > 65_535) {
            problems.add("chronik.port.offset is " + portOffset + ", which makes port " + asked.port()
                    + " larger than 65535; lower it");
            throw new ConfigProblem(problems);
        }
        HostPort bind = asked.plus(portOffset);
        if (insecureAllowed) return bind;
        if (bind.host().isEmpty()) {
            notices.add(what + " names no host and has no TLS: bound to loopback only; set " + ALLOW
                    + "=true to let other machines connect");
            return new HostPort(LOOPBACK, bind.port());
        }
        try {
            if (!bind.isLoopback()) open.add(what + " on " + bind);
        } catch (UnknownHostException e) {
            problems.add(what + ": the host " + bind.host() + " is not known; use an address of this machine");
        }
        return bind;
    }

    private void checkOpen() {
        if (!open.isEmpty())
            problems.add(String.join(" and ", open) + " could be used by other machines without TLS or authentication;"
                    + " use 127.0.0.1, or set " + ALLOW + "=true");
    }

    private void checkAdvertised(Map<String, HostPort> advertised, Map<String, HostPort> bound) {
        advertised.forEach((name, address) -> {
            if (!bound.containsKey(name) && !name.equals(internalName()))
                problems.add("advertised.listeners names " + name + ", which is not one of listeners ("
                        + String.join(", ", bound.keySet()) + "); add it there or remove it here");
            if (address.isWildcard() || address.port() == 0)
                problems.add("advertised.listeners: clients can not connect to " + address
                        + "; name a host and port that they reach");
        });
    }

    private void checkPorts(List<Listener> clients, Listener internal, @Nullable HostPort http) {
        Map<Integer, String> users = new HashMap<>();
        for (Listener client : clients) checkPort(users, client.bind().port(), "listener " + client.name());
        checkPort(users, internal.bind().port(), "listener " + internal.name());
        if (http != null) checkPort(users, http.port(), "chronik.http.listener");
    }

    private void checkPort(Map<Integer, String> users, int port, String user) {
        String other = port == 0 ? null : users.putIfAbsent(port, user);
        if (other != null) problems.add(other + " and " + user + " both use port " + port + "; change one");
    }
}
