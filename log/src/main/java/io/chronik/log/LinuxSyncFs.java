package io.chronik.log;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

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

/// `syncfs(2)` on the file system of one directory, with a flush of the device's cache behind it: ext4 without a
/// journal writes inodes after its own flush. A write-back error that nobody has seen, also one from before this
/// was opened, fails the call (Linux 5.8 and later), whichever file of the file system it concerns. Any thread, one
/// at a time.
final class LinuxSyncFs implements Disk.FileSystemSync {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxSyncFs.class);
    private static final int O_RDONLY_DIRECTORY_CLOEXEC = 0x10000 | 0x80000;

    private final Native calls;
    private final Path directory;
    private final int descriptor;

    private LinuxSyncFs(Native calls, Path directory) throws IOException {
        this.calls = calls;
        this.directory = directory;
        this.descriptor = calls.open(directory);
    }

    /// Empty where the platform does not have it or does not let us: not Linux, or forbidden by a sandbox.
    static Optional<Disk.FileSystemSync> of(Path directory) {
        if (!System.getProperty("os.name", "").equals("Linux")) return Optional.empty();
        try {
            LinuxSyncFs opened = new LinuxSyncFs(new Native(), directory);
            opened.sync();
            return Optional.of(opened);
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.atWarn()
                    .addKeyValue("directory", directory)
                    .addKeyValue("cause", e.getMessage())
                    .log("no syncfs here: files are synced one by one");
            return Optional.empty();
        }
    }

    @Override
    public void sync() throws IOException {
        calls.call(calls.syncfs, descriptor, "syncfs", directory);
        calls.call(calls.fdatasync, descriptor, "fdatasync", directory);
    }

    @Override
    public void close() throws IOException {
        calls.call(calls.close, descriptor, "close", directory);
    }

    /// The calls of the C library, linked when the first of them is needed.
    private static final class Native {
        private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
        private static final VarHandle ERRNO_VALUE =
                Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

        private final MethodHandle syncfs;
        private final MethodHandle fdatasync;
        private final MethodHandle close;
        private final MethodHandle open;

        @SuppressWarnings("restricted") // Four calls whose signatures are stable since decades.
        Native() {
            Linker linker = Linker.nativeLinker();
            SymbolLookup symbols = linker.defaultLookup();
            FunctionDescriptor ofDescriptor = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
            syncfs = linker.downcallHandle(symbols.findOrThrow("syncfs"), ofDescriptor, ERRNO);
            fdatasync = linker.downcallHandle(symbols.findOrThrow("fdatasync"), ofDescriptor, ERRNO);
            close = linker.downcallHandle(symbols.findOrThrow("close"), ofDescriptor, ERRNO);
            open = linker.downcallHandle(
                    symbols.findOrThrow("open"),
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                    ERRNO,
                    Linker.Option.firstVariadicArg(2));
        }

        int open(Path path) throws IOException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
                int result =
                        (int) open.invokeExact(state, arena.allocateFrom(path.toString()), O_RDONLY_DIRECTORY_CLOEXEC);
                return checked(result, state, "open", path);
            } catch (IOException | RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        void call(MethodHandle function, int descriptor, String name, Path path) throws IOException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
                int result = (int) function.invokeExact(state, descriptor);
                var _ = checked(result, state, name, path);
            } catch (IOException | RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        private static int checked(int result, MemorySegment state, String name, Path path) throws IOException {
            if (result >= 0) return result;
            throw new IOException(name + " of " + path + " failed: errno " + (int) ERRNO_VALUE.get(state, 0L));
        }
    }
}
