package io.chronik.log;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The calls of the C library that Java has no method for. Linked when the first of them is needed, which takes some
/// tens of milliseconds; on Linux only. Any thread.
final class LinuxCalls {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxCalls.class);

    /// Flags of [#open].
    static final int FILE = 0x80000; // O_RDONLY | O_CLOEXEC

    static final int DIRECTORY = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC

    private static final int POSIX_FADV_DONTNEED = 4;
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_VALUE =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final MethodHandle syncfs;
    private final MethodHandle fdatasync;
    private final MethodHandle fadvise;
    private final MethodHandle close;
    private final MethodHandle open;

    /// Empty where the platform does not have them or does not let us: not Linux, or forbidden by a sandbox.
    static Optional<LinuxCalls> here() {
        return Linked.CALLS;
    }

    private static final class Linked {
        static final Optional<LinuxCalls> CALLS = link();

        private static Optional<LinuxCalls> link() {
            if (!System.getProperty("os.name", "").equals("Linux")) return Optional.empty();
            try {
                return Optional.of(new LinuxCalls());
            } catch (RuntimeException | LinkageError forbidden) {
                LOG.atWarn()
                        .addKeyValue("cause", forbidden.getMessage())
                        .log("no syncfs here: files are synced one by one");
                return Optional.empty();
            }
        }
    }

    @SuppressWarnings("restricted") // Calls whose signatures are stable since decades.
    private LinuxCalls() {
        Linker linker = Linker.nativeLinker();
        SymbolLookup symbols = linker.defaultLookup();
        FunctionDescriptor ofDescriptor = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
        syncfs = linker.downcallHandle(symbols.findOrThrow("syncfs"), ofDescriptor, ERRNO);
        fdatasync = linker.downcallHandle(symbols.findOrThrow("fdatasync"), ofDescriptor, ERRNO);
        close = linker.downcallHandle(symbols.findOrThrow("close"), ofDescriptor, ERRNO);
        // Answers with the error instead of setting errno.
        fadvise = linker.downcallHandle(
                symbols.findOrThrow("posix_fadvise"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
        open = linker.downcallHandle(
                symbols.findOrThrow("open"),
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                ERRNO,
                Linker.Option.firstVariadicArg(2));
    }

    int open(Path path, int flags) throws IOException {
        return call("open", path, state -> {
            try (Arena arena = Arena.ofConfined()) {
                return (int) open.invokeExact(state, arena.allocateFrom(path.toString()), flags);
            }
        });
    }

    void syncFileSystem(int descriptor, Path path) throws IOException {
        var _ = call("syncfs", path, state -> (int) syncfs.invokeExact(state, descriptor));
    }

    void syncData(int descriptor, Path path) throws IOException {
        var _ = call("fdatasync", path, state -> (int) fdatasync.invokeExact(state, descriptor));
    }

    void close(int descriptor, Path path) throws IOException {
        var _ = call("close", path, state -> (int) close.invokeExact(state, descriptor));
    }

    /// Tells the kernel that nobody needs [from, to) of the file in memory. Pages that are not on disk yet stay.
    void dropCached(int descriptor, long from, long to, Path path) throws IOException {
        int error = call("posix_fadvise", path, state ->
                (int) fadvise.invokeExact(descriptor, from, to - from, POSIX_FADV_DONTNEED));
        if (error != 0) throw new IOException("posix_fadvise of " + path + " failed: errno " + error);
    }

    private interface Call {
        int run(MemorySegment state) throws Throwable;
    }

    private static int call(String name, Path path, Call call) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            int result = call.run(state);
            if (result >= 0) return result;
            throw new IOException(name + " of " + path + " failed: errno " + (int) ERRNO_VALUE.get(state, 0L));
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
