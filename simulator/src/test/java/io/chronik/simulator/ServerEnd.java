package io.chronik.simulator;

import io.chronik.server.net.ClientConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/// A connection as the process sees it that was connected to.
final class ServerEnd implements ClientConnection {
    private final SimulatedProcess process;
    private final long id;
    private final String listener;
    private final List<Runnable> closeEvents = new ArrayList<>();
    private boolean closed;

    ServerEnd(SimulatedProcess process, long id, String listener) {
        this.process = process;
        this.id = id;
        this.listener = listener;
    }

    SimulatedProcess process() {
        return process;
    }

    void close() {
        if (closed) return;
        closed = true;
        List.copyOf(closeEvents).forEach(Runnable::run);
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String listener() {
        return listener;
    }

    @Override
    public InetAddress peer() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public InetSocketAddress local() {
        return InetSocketAddress.createUnresolved("simulated", 9093);
    }

    @Override
    public String softwareName() {
        return "chronik";
    }

    @Override
    public String softwareVersion() {
        return "simulated";
    }

    @Override
    public Executor eventLoop() {
        return process::run;
    }

    @Override
    public CloseEvent onClose(Runnable event) {
        if (closed) event.run();
        else closeEvents.add(event);
        return () -> closeEvents.remove(event);
    }
}
