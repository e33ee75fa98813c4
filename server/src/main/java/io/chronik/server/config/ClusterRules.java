package io.chronik.server.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Reads which nodes form the cluster, or whom to join, and refuses what could only go wrong later: a node that is not
/// in its own list, two nodes at one address, an address that the others can not reach.
final class ClusterRules {
    private static final String VOTERS = "controller.quorum.voters";
    private static final String MEMBERS = "controller.quorum.bootstrap.servers";

    private final NodeSettings settings;
    private final HostPort internal;
    private final List<Listener> clients;
    private final List<String> problems;
    private final int nodeId;

    private ClusterRules(NodeSettings settings, Listeners listeners, List<String> problems) {
        this.settings = settings;
        this.internal = listeners.internal().bind();
        this.clients = listeners.clients();
        this.problems = problems;
        this.nodeId = settings.number("node.id");
    }

    /// `listeners` are this node's. Meaningless when there are problems afterwards.
    static ClusterConfig read(NodeSettings settings, Listeners listeners, List<String> problems) {
        ClusterRules rules = new ClusterRules(settings, listeners, problems);
        rules.checkNode();
        Map<Integer, HostPort> founders = rules.founders();
        List<HostPort> members = rules.members();
        if (founders.size() > 1 && !members.isEmpty())
            problems.add(VOTERS + " (--cluster) forms a new cluster and " + MEMBERS
                    + " (--join) joins one that exists; use one of them");
        rules.checkOwnPlace(founders);
        if (problems.isEmpty()) rules.checkClientListeners(founders, members);
        rules.checkTimes();
        return ClusterConfig.of(settings, founders, members);
    }

    private void checkNode() {
        Set<String> roles = Set.copyOf(settings.list("process.roles"));
        if (!roles.equals(Set.of("broker", "controller")))
            problems.add("process.roles is " + String.join(",", settings.list("process.roles"))
                    + "; every Chronik node is both: write broker,controller or remove it");
        if (nodeId < 0) problems.add("node.id is " + nodeId + "; it must be 0 or more");
    }

    private Map<Integer, HostPort> founders() {
        Map<Integer, HostPort> founders = new TreeMap<>();
        Map<HostPort, Integer> places = new HashMap<>();
        for (String voter : settings.list(VOTERS)) {
            int at = voter.indexOf('@');
            HostPort address =
                    at <= 0 ? null : HostPort.parse(voter.substring(at + 1)).orElse(null);
            String id = at <= 0 ? "" : voter.substring(0, at).strip();
            if (address == null || !id.matches("\\d{1,9}") || address.port() == 0 || address.isWildcard()) {
                problems.add(VOTERS + ": " + voter + " is not id@host:port, as in 1@localhost:9093");
                continue;
            }
            if (founders.put(Integer.parseInt(id), address) != null)
                problems.add(VOTERS + " names node " + id + " twice; give each node its own id");
            Integer other = places.put(address, Integer.parseInt(id));
            if (other != null)
                problems.add(VOTERS + ": nodes " + other + " and " + id + " are both at " + address + "; correct one");
        }
        return founders;
    }

    private void checkOwnPlace(Map<Integer, HostPort> founders) {
        if (founders.isEmpty()) return;
        HostPort own = founders.get(nodeId);
        if (own == null) {
            problems.add(
                    founders.size() == 1
                            ? VOTERS + " names node "
                                    + founders.keySet().iterator().next() + ", but this is node " + nodeId
                                    + "; make them the same"
                            : VOTERS + " does not name this node, " + nodeId + ", but " + founders.keySet()
                                    + "; correct node.id, or join the others with " + MEMBERS + " (--join)");
            return;
        }
        if (founders.size() == 1) return;
        if (internal.port() != 0 && internal.port() != own.port())
            problems.add(VOTERS + " says that this node, " + nodeId + ", is at " + own + ", but its internal listener"
                    + " is on port " + internal.port() + "; make them the same");
        boolean allLocal = founders.values().stream().allMatch(ClusterRules::isLocal);
        founders.forEach((id, address) -> {
            if (isLocal(address) && !allLocal)
                problems.add(VOTERS + ": node " + id + " is at " + address
                        + ", which nodes on other machines can not reach; write the address that they use");
        });
        if (internal.port() == own.port() && !isLocal(own) && isLocal(internal))
            problems.add("the internal listener is on " + internal + ", which other machines can not reach; set"
                    + " chronik.internal.listener (--internal) to " + own
                    + " and chronik.insecure.listener.allow=true");
    }

    /// Every node names the others to its clients: what only this machine reaches is of no use to them.
    private void checkClientListeners(Map<Integer, HostPort> founders, List<HostPort> members) {
        boolean elsewhere = founders.values().stream().anyMatch(address -> !isLocal(address))
                || members.stream().anyMatch(address -> !isLocal(address));
        if (!elsewhere || (founders.size() == 1 && members.isEmpty())) return;
        for (Listener client : clients) {
            HostPort told = client.advertised() != null ? client.advertised() : client.bind();
            if (isLocal(told))
                problems.add("listener " + client.name() + ": the other nodes would send clients to " + told
                        + ", which only this machine reaches; set --listen (or advertised.listeners) to an address of"
                        + " this machine that clients use, and chronik.insecure.listener.allow=true");
        }
    }

    private List<HostPort> members() {
        List<HostPort> members = new ArrayList<>();
        for (String text : settings.list(MEMBERS)) {
            HostPort address = HostPort.parse(text).orElse(null);
            if (address == null || address.port() == 0 || address.isWildcard())
                problems.add(MEMBERS + ": " + text + " is not host:port, as in localhost:9093");
            else if (!isThisNode(address)) members.add(address);
        }
        return members;
    }

    /// Kafka's sample files name the node itself.
    private boolean isThisNode(HostPort address) {
        if (address.port() != internal.port()) return false;
        return address.host().equals(internal.host())
                || (isLocal(address) && (isLocal(internal) || internal.isWildcard()));
    }

    private void checkTimes() {
        int heartbeat = settings.number("broker.heartbeat.interval.ms");
        int session = settings.number("broker.session.timeout.ms");
        if (heartbeat > session / 2)
            problems.add("broker.heartbeat.interval.ms (" + heartbeat + ") must be at most half of"
                    + " broker.session.timeout.ms (" + session + "); lower it");
    }

    /// Without asking a resolver.
    private static boolean isLocal(HostPort address) {
        return address.host().equalsIgnoreCase("localhost")
                || address.host().startsWith("127.")
                || address.host().equals("::1");
    }
}
