package io.chronik.bench.broker;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Which node of how many this one is; ids count from 1. Clients connect to a node's port, other nodes to the next one.
/// `namespace` is what its start command is an argument of, empty on the machine itself.
public record Seat(int id, List<String> hosts, List<Integer> ports, List<String> namespace) {
    private static final String LOOPBACK = "127.0.0.1";

    public Seat {
        hosts = List.copyOf(hosts);
        ports = List.copyOf(ports);
        namespace = List.copyOf(namespace);
    }

    static Seat alone(int port) {
        return onLoopback(1, List.of(port));
    }

    static Seat onLoopback(int id, List<Integer> ports) {
        return new Seat(id, ports.stream().map(port -> LOOPBACK).toList(), ports, List.of());
    }

    /// For clients.
    String address() {
        return host() + ":" + ports.get(id - 1);
    }

    /// For other nodes.
    String internalAddress() {
        return internalAddress(id - 1);
    }

    private String internalAddress(int index) {
        return hosts.get(index) + ":" + (ports.get(index) + 1);
    }

    private String host() {
        return hosts.get(id - 1);
    }

    boolean isOnLoopback() {
        return host().equals(LOOPBACK);
    }

    boolean isAlone() {
        return ports.size() == 1;
    }

    /// `1@127.0.0.1:9093,2@…`: all nodes by their internal addresses.
    String members() {
        return IntStream.range(0, ports.size())
                .mapToObj(index -> (index + 1) + "@" + internalAddress(index))
                .collect(Collectors.joining(","));
    }
}
