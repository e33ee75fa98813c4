package io.chronik.it.files;

import static org.junit.jupiter.api.Assumptions.abort;

import io.chronik.it.node.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Clients of other languages, in `clients/`, each installed by its own script when first asked for.
final class OtherClients {
    static final Path SCRIPTS = Path.of("clients").toAbsolutePath();
    static final Path CACHE = Path.of(System.getenv()
            .getOrDefault(
                    "CHRONIK_CACHE",
                    Path.of(System.getProperty("user.home"), ".cache", "chronik")
                            .toString()));

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Map<String, Command.Result> INSTALLED = new ConcurrentHashMap<>();

    private OtherClients() {}

    static List<String> python(String program) {
        return List.of(
                CACHE.resolve("python/venv/bin/python").toString(),
                SCRIPTS.resolve("python").resolve(program).toString());
    }

    /// Skips the test when what is in `folder` cannot be installed, as where its registry cannot be reached; with
    /// CI=true that fails.
    static void install(String folder) {
        Command.Result result = INSTALLED.computeIfAbsent(
                folder,
                _ -> Command.run(
                        LIMIT,
                        List.of(SCRIPTS.resolve(folder).resolve("install.sh").toString())));
        if (result.exitCode() == 0) return;
        String why = folder + " could not be installed:\n" + result.err();
        if ("true".equals(System.getenv("CI"))) throw new AssertionError(why);
        abort(why);
    }
}
