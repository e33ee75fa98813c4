package io.chronik.server.sentinel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.OptionalInt;

/// The calls of Linux that the sentinel needs and Java has no method for. One thread.
final class SocketCalls {
    /// The same on all architectures. Called by number because C libraries have had names for them since 2022 only.
    private static final long PIDFD_OPEN = 434;

    private static final long PIDFD_GETFD = 438;
    private static final int EBADF = 9;
    private static final int SHUT_RDWR = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final short POLLIN = 1;
    private static final int POLLFD_SIZE = 8; // int fd | short events | short revents

    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_VALUE =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final MethodHandle syscall;
    private final MethodHandle poll;
    private final MethodHandle accept;
    private final MethodHandle shutdown;
    private final MethodHandle close;
    private final MethodHandle setsid;
    private final MemorySegment state = Arena.global().allocate(Linker.Option.captureStateLayout());

    /// @throws RuntimeException where the platform does not have them or does not let us
    @SuppressWarnings("restricted") // Calls whose signatures are stable.
    SocketCalls() {
        Linker linker = Linker.nativeLinker();
        SymbolLookup symbols = linker.defaultLookup();
        syscall = linker.downcallHandle(
                symbols.findOrThrow("syscall"),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                ERRNO,
                Linker.Option.firstVariadicArg(1));
        poll = linker.downcallHandle(
                symbols.findOrThrow("poll"), FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT), ERRNO);
        accept = linker.downcallHandle(
                symbols.findOrThrow("accept4"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT),
                ERRNO);
        shutdown = linker.downcallHandle(
                symbols.findOrThrow("shutdown"), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
        close = linker.downcallHandle(symbols.findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);
        setsid = linker.downcallHandle(symbols.findOrThrow("setsid"), FunctionDescriptor.of(JAVA_INT), ERRNO);
    }

    /// A descriptor of the process, which goes on meaning that process.
    int openProcess(long pid) throws IOException {
        long opened = run(() -> (long) syscall.invokeExact(state, PIDFD_OPEN, pid, 0L, 0L));
        if (opened < 0) throw new IOException("pidfd_open failed: errno " + errno());
        return (int) opened;
    }

    /// A descriptor of our own for what `descriptor` is in another process; empty when it is nothing there any more.
    OptionalInt copy(int process, int descriptor) throws IOException {
        long copy = run(() -> (long) syscall.invokeExact(state, PIDFD_GETFD, (long) process, (long) descriptor, 0L));
        if (copy >= 0) return OptionalInt.of((int) copy);
        if (errno() == EBADF) return OptionalInt.empty();
        throw new IOException("pidfd_getfd failed: errno " + errno());
    }

    /// Waits up to `waitMs` until something can be read from or accepted at one of `descriptors`, and says at which; at
    /// none when the time is over, or earlier.
    boolean[] awaitReadable(List<Integer> descriptors, long waitMs) {
        boolean[] readable = new boolean[descriptors.size()];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate((long) POLLFD_SIZE * descriptors.size(), JAVA_INT.byteAlignment());
            for (int i = 0; i < readable.length; i++) {
                set.set(JAVA_INT, (long) i * POLLFD_SIZE, descriptors.get(i));
                set.set(JAVA_SHORT, (long) i * POLLFD_SIZE + 4, POLLIN);
            }
            long found = run(() -> (int) poll.invokeExact(state, set, (long) readable.length, (int) waitMs));
            // An end of file and an error count: to read is to hear of them. So does a signal, as nothing.
            for (int i = 0; i < readable.length && found > 0; i++)
                readable[i] = set.get(JAVA_SHORT, (long) i * POLLFD_SIZE + 6) != 0;
        }
        return readable;
    }

    /// Takes and closes one connection that waits at a listening socket; false when none does. `listener` must be one
    /// that does not block.
    boolean refuse(int listener) {
        long connection = run(
                () -> (int) accept.invokeExact(state, listener, MemorySegment.NULL, MemorySegment.NULL, SOCK_CLOEXEC));
        if (connection < 0) return false;
        close((int) connection);
        return true;
    }

    /// Both directions, for every process that has the socket. False when it is not connected any more.
    boolean shutdown(int socket) {
        return run(() -> (int) shutdown.invokeExact(state, socket, SHUT_RDWR)) == 0;
    }

    void close(int descriptor) {
        var _ = run(() -> (int) close.invokeExact(state, descriptor));
    }

    /// Away from the terminal: its signals are for the node.
    void leaveTerminal() {
        var _ = run(() -> (int) setsid.invokeExact(state));
    }

    private interface Call {
        long run() throws Throwable;
    }

    private int errno() {
        return (int) ERRNO_VALUE.get(state, 0L);
    }

    private static long run(Call call) {
        try {
            return call.run();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
