package io.chronik.server.config;

import java.util.List;
import java.util.Set;

/// This release runs one node. A configuration that was written for a cluster of several must not silently start a
/// cluster of its own.
final class SingleNodeRules {
    private SingleNodeRules() {}

    static void check(NodeSettings settings, List<String> problems, List<String> notices) {
        Set<String> roles = Set.copyOf(settings.list("process.roles"));
        if (!roles.equals(Set.of("broker", "controller")))
            problems.add("process.roles is " + String.join(",", settings.list("process.roles"))
                    + "; every Chronik node is both: write broker,controller or remove it");
        checkVoters(settings, problems);
        List<String> bootstrap = settings.list("controller.quorum.bootstrap.servers");
        if (bootstrap.size() > 1)
            problems.add("controller.quorum.bootstrap.servers names " + bootstrap.size()
                    + " nodes; this release runs a single node: remove it");
        else if (bootstrap.size() == 1)
            notices.add("controller.quorum.bootstrap.servers is ignored: a single node is its own quorum");
        int nodeId = settings.number("node.id");
        if (nodeId < 0) problems.add("node.id is " + nodeId + "; it must be 0 or more");
    }

    private static void checkVoters(NodeSettings settings, List<String> problems) {
        List<String> voters = settings.list("controller.quorum.voters");
        if (voters.size() > 1) {
            problems.add("controller.quorum.voters names " + voters.size()
                    + " nodes; this release runs a single node: remove it");
            return;
        }
        for (String voter : voters) {
            int at = voter.indexOf('@');
            if (at <= 0 || HostPort.parse(voter.substring(at + 1)).isEmpty())
                problems.add("controller.quorum.voters: " + voter + " is not id@host:port, as in 1@localhost:9093");
            else if (!voter.substring(0, at).strip().equals(String.valueOf(settings.number("node.id"))))
                problems.add("controller.quorum.voters names node " + voter.substring(0, at) + ", but this is node "
                        + settings.number("node.id") + "; make them the same");
        }
    }
}
