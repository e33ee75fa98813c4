package io.chronik.it.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A program of somebody else, run to its end.
public final class Command {
    /// Standard output, standard error, and how it ended.
    public record Result(int exitCode, String out, String err) {
        /// Itself, if the program succeeded.
        public Result expectSuccess() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + "\n" + out + "\n" + err);
            }
            return this;
        }
    }

    private Command() {}

    public static Result run(Duration limit, List<String> command) {
        return run(limit, Map.of(), "", command);
    }

    /// Runs `command` with `input` as its standard input; ended by force after `limit`.
    public static Result run(Duration limit, Map<String, String> environment, String input, List<String> command) {
        Path directory = TempDirs.create("chronik-it-command");
        try {
            Path in = Files.writeString(directory.resolve("in"), input);
            Path out = directory.resolve("out");
            Path err = directory.resolve("err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            return new Result(
                    ended ? process.exitValue() : -1,
                    Files.readString(out, StandardCharsets.ISO_8859_1),
                    Files.readString(err, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            TempDirs.delete(directory);
        }
    }
}
