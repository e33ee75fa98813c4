package io.chronik.server.metadata;

import io.chronik.server.config.HostPort;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which cluster a node with an empty data directory belongs to. Decides only; [ClusterSearch] asks.
///
/// A new cluster is begun by one node, the founder: the one with the lowest id of those listed. It does so only when
/// *all* the others have said that they know no cluster either. So a founder that lost its disk never begins a second
/// cluster beside the one that it belongs to: some other node names that, or is down, and then the founder waits.
///
/// @param self this node's id
/// @param founders the nodes that form a new cluster, by id, with their internal addresses; empty when others do
/// @param members internal addresses of nodes of a cluster that exists
public record Formation(int self, SortedMap<Integer, HostPort> founders, List<HostPort> members) {
    public Formation {
        founders = Collections.unmodifiableSortedMap(new TreeMap<>(founders));
        members = List.copyOf(members);
    }

    /// What is at an address.
    public sealed interface Answer {
        /// No answer, or none that a node gives.
        record Silence() implements Answer {}

        /// A node with an empty data directory too.
        record Looking(int nodeId) implements Answer {}

        record Member(String clusterId) implements Answer {}
    }

    /// What to do with the answers.
    public sealed interface Next {
        /// This node begins a cluster.
        record Found() implements Next {}

        record Join(String clusterId) implements Next {}

        /// Ask again. `missing` says for whom, in words.
        record Wait(List<String> missing) implements Next {
            public Wait {
                missing = List.copyOf(missing);
            }
        }
    }

    /// Whether there is nobody to ask.
    public boolean alone() {
        return toAsk().isEmpty();
    }

    /// Addresses of all that may know something.
    public List<HostPort> toAsk() {
        List<HostPort> addresses = new ArrayList<>();
        founders.forEach((id, address) -> {
            if (id != self) addresses.add(address);
        });
        addresses.addAll(members);
        return addresses;
    }

    /// `answers` by address; an address without one is silent.
    ///
    /// @throws DataDirectoryRefused when the nodes are of different clusters
    public Next next(Map<HostPort, Answer> answers) {
        SortedMap<String, HostPort> clusters = new TreeMap<>();
        answers.forEach((address, answer) -> {
            if (answer instanceof Answer.Member(String clusterId)) clusters.put(clusterId, address);
        });
        if (clusters.size() > 1) {
            throw new DataDirectoryRefused("the nodes named by --cluster or --join belong to different clusters: "
                    + clusters + "; name nodes of one cluster");
        }
        if (!clusters.isEmpty()) return new Next.Join(clusters.firstKey());
        List<String> missing = missing(answers);
        boolean founder = founders.isEmpty() ? members.isEmpty() : founders.firstKey() == self;
        return founder && missing.isEmpty() ? new Next.Found() : new Next.Wait(missing);
    }

    /// For whom the founder, or a node that joins, waits.
    private List<String> missing(Map<HostPort, Answer> answers) {
        List<String> missing = new ArrayList<>();
        founders.forEach((id, address) -> {
            if (id == self) return;
            switch (answers.getOrDefault(address, new Answer.Silence())) {
                case Answer.Looking(int there)
                when there == id -> {
                    if (founders.firstKey().equals(id))
                        missing.add("node " + id + " at " + address + " to found the cluster");
                }
                case Answer.Looking(int there) ->
                    missing.add("node " + id + " at " + address + ", where node " + there + " is");
                case Answer.Silence() -> missing.add("node " + id + " at " + address);
                case Answer.Member(String clusterId) -> throw new IllegalStateException("member of " + clusterId);
            }
        });
        for (HostPort address : members) {
            if (!(answers.get(address) instanceof Answer.Member)) missing.add("a member of a cluster at " + address);
        }
        return missing;
    }
}
