package io.chronik.server.sentinel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/// The right to trace this process. Linux gives it to processes of the same user, but where Yama
/// (`kernel.yama.ptrace_scope` 1, the default of some distributions) wants the traced one to name who may.
final class TraceRight {
    private static final Path SCOPE = Path.of("/proc/sys/kernel/yama/ptrace_scope");
    private static final int PR_SET_PTRACER = 0x59616d61;

    private TraceRight() {}

    /// Lets one other process trace this one. Nothing to do where nobody asks for it.
    static void give(long pid) throws IOException {
        if (!Files.exists(SCOPE) || Files.readString(SCOPE).strip().equals("0")) return;
        setTracer(pid);
    }

    @SuppressWarnings("restricted") // A call whose signature is stable.
    private static void setTracer(long pid) throws IOException {
        Linker linker = Linker.nativeLinker();
        MethodHandle prctl = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("prctl"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        int result;
        try {
            result = (int) prctl.invokeExact(PR_SET_PTRACER, pid, 0L, 0L, 0L);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (result != 0) throw new IOException("prctl(PR_SET_PTRACER) failed");
    }
}
