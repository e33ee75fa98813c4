package io.chronik.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// The simulation with one [Mutant] in it: that source is compiled anew, in memory, and everything of Chronik is loaded
/// anew beside it. The product has no switch for this.
final class MutantCode extends ClassLoader {
    private static final Path ROOT = root();

    private final Map<String, byte[]> compiled;

    private MutantCode(Map<String, byte[]> compiled) {
        super(MutantCode.class.getClassLoader());
        this.compiled = compiled;
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("simulator"))
                ? here
                : here.resolve("..").normalize();
    }

    static MutantCode of(Mutant mutant) {
        return new MutantCode(compile(mutant));
    }

    /// What the seed finds, if anything.
    Optional<String> run(long seed) {
        try {
            Method run = loadClass(Simulation.class.getName()).getDeclaredMethod("run", long.class);
            run.setAccessible(true);
            var _ = run.invoke(null, seed);
            return Optional.empty();
        } catch (InvocationTargetException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause())
                if (cause instanceof LinkageError broken) throw broken; // Found nothing: it could not run.
            return Optional.of(String.valueOf(e.getCause()));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            if (!name.startsWith("io.chronik.")) return super.loadClass(name, resolve);
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) return loaded;
            byte[] bytes = compiled.get(name);
            if (bytes == null) bytes = original(name);
            return defineClass(name, bytes, 0, bytes.length);
        }
    }

    private byte[] original(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) throw new ClassNotFoundException(name);
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private static Map<String, byte[]> compile(Mutant mutant) {
        String source = patched(mutant);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        InMemory output = new InMemory(compiler.getStandardFileManager(null, null, null));
        List<String> options =
                List.of("-proc:none", "-implicit:none", "-nowarn", "-classpath", System.getProperty("java.class.path"));
        boolean done = compiler.getTask(
                        messages, output, null, options, null, List.of(new Source(mutant.file(), source)))
                .call();
        if (!done) throw new IllegalStateException(mutant.name() + " does not compile: " + messages);
        Map<String, byte[]> classes = new TreeMap<>();
        output.written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    private static String patched(Mutant mutant) {
        Path folder = ROOT.resolve(mutant.module())
                .resolve("src/main/java")
                .resolve("io/chronik")
                .resolve(mutant.module());
        try {
            String source = Files.readString(folder.resolve(mutant.file()));
            int at = source.indexOf(mutant.original());
            boolean once = at >= 0 && source.indexOf(mutant.original(), at + 1) < 0;
            if (!once) throw new IllegalStateException(mutant.name() + ": not once in " + mutant.file());
            return source.replace(mutant.original(), mutant.changed());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String content;

        Source(String file, String content) {
            super(URI.create("memory:///" + file), Kind.SOURCE);
            this.content = content;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return content;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        final Map<String, ByteArrayOutputStream> written = new TreeMap<>();

        InMemory(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            written.put(className, bytes);
            return new SimpleJavaFileObject(URI.create("memory:///" + className + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }
    }
}
