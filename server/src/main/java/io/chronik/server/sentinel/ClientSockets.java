package io.chronik.server.sentinel;

import io.chronik.server.sentinel.SocketTable.State;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The sockets that another process has at some local ports: the connections there, and the listeners. Needs the right
/// to trace that process.
final class ClientSockets {
    /// More than may wait at one listener.
    private static final int REFUSED_AT_ONCE = 10_000;

    private final SocketCalls calls;
    private final long pid;
    private final int process;
    private final Set<Integer> ports;
    /// Our own descriptors of the process's listeners, from [#end] until [#release].
    private final List<Integer> listeners = new ArrayList<>();

    private record Found(int descriptor, long inode, State state) {}

    ClientSockets(SocketCalls calls, long pid, Set<Integer> ports) throws IOException {
        this.calls = calls;
        this.pid = pid;
        this.process = calls.openProcess(pid);
        this.ports = ports;
    }

    /// Takes a descriptor of a listener, and gives it back.
    ///
    /// @throws IOException when we may not, or when there is none
    void tryOut() throws IOException {
        for (Found found : find()) {
            if (found.state == State.LISTENING && copied(found)) {
                release();
                return;
            }
        }
        throw new IOException("process " + pid + " does not listen at " + ports);
    }

    private boolean copied(Found found) throws IOException {
        OptionalInt copy = copy(found);
        copy.ifPresent(listeners::add);
        return copy.isPresent();
    }

    /// Ends the connections and keeps the listeners for [#refuse]. Returns how many connections that were.
    int end() throws IOException {
        release();
        int ended = 0;
        for (Found found : find()) {
            switch (found.state) {
                case LISTENING -> {
                    var _ = copied(found);
                }
                case ESTABLISHED -> {
                    OptionalInt connection = copy(found);
                    if (connection.isEmpty()) continue;
                    if (calls.shutdown(connection.getAsInt())) ended++;
                    calls.close(connection.getAsInt());
                }
            }
        }
        return ended + refuse();
    }

    /// Ends the connections that wait to be accepted: the kernel has taken them in the name of a process that will not
    /// answer. Returns how many.
    int refuse() {
        int refused = 0;
        for (int listener : listeners) {
            while (refused < REFUSED_AT_ONCE && calls.refuse(listener)) refused++;
        }
        return refused;
    }

    /// Where [#refuse] finds something when there is something to read.
    List<Integer> listeners() {
        return List.copyOf(listeners);
    }

    /// The process has its listeners for itself again.
    void release() {
        listeners.forEach(calls::close);
        listeners.clear();
    }

    private List<Found> find() throws IOException {
        SocketTable table = SocketTable.of(pid, ports);
        String[] descriptors = new File("/proc/" + pid + "/fd").list();
        if (descriptors == null) throw new IOException("/proc/" + pid + "/fd can not be read");
        List<Found> found = new ArrayList<>();
        for (String descriptor : descriptors) {
            long inode = inode(Long.toString(pid), descriptor);
            Optional<State> state = table.state(inode);
            if (state.isPresent()) found.add(new Found(Integer.parseInt(descriptor), inode, state.get()));
        }
        return found;
    }

    /// Empty when the descriptor is another socket by now.
    private OptionalInt copy(Found found) throws IOException {
        OptionalInt copy = calls.copy(process, found.descriptor);
        if (copy.isEmpty() || inode("self", Integer.toString(copy.getAsInt())) == found.inode) return copy;
        calls.close(copy.getAsInt());
        return OptionalInt.empty();
    }

    /// Of the socket that a descriptor is, or -1.
    private static long inode(String process, String descriptor) {
        String target;
        try {
            target = Files.readSymbolicLink(Path.of("/proc/" + process + "/fd/" + descriptor))
                    .toString();
        } catch (IOException closedMeanwhile) {
            return -1;
        }
        String prefix = "socket:[";
        if (!target.startsWith(prefix)) return -1;
        return Long.parseLong(target, prefix.length(), target.length() - 1, 10);
    }
}
