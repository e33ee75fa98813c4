package io.chronik.bench.broker;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Which node of how many this one is; ids count from 1. Clients connect to a node's port, other nodes to the next one.
public record Seat(int id, List<Integer> ports) {
    public Seat {
        ports = List.copyOf(ports);
    }

    static Seat alone(int port) {
        return new Seat(1, List.of(port));
    }

    public int port() {
        return ports.get(id - 1);
    }

    int internalPort() {
        return port() + 1;
    }

    boolean isAlone() {
        return ports.size() == 1;
    }

    /// `1@127.0.0.1:9093,2@…`: all nodes by their internal addresses.
    String members() {
        return IntStream.range(0, ports.size())
                .mapToObj(index -> (index + 1) + "@127.0.0.1:" + (ports.get(index) + 1))
                .collect(Collectors.joining(","));
    }
}
