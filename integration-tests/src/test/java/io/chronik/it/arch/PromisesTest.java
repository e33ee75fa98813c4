package io.chronik.it.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The tests that docs/promises.md names are there.
class PromisesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsPromisedIsTested() throws IOException {
        List<MatchResult> named =
                NAMED.matcher(read(ROOT.resolve("docs/promises.md"))).results().toList();
        List<Path> tests = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path sources :
                    modules.map(module -> module.resolve("src/test/java")).toList()) {
                if (Files.isDirectory(sources)) tests.addAll(testsIn(sources));
            }
        }

        assertThat(named).hasSizeGreaterThan(20);
        assertThat(named.stream().filter(test -> !isThere(test, tests)).map(MatchResult::group))
                .isEmpty();
    }

    private static boolean isThere(MatchResult test, List<Path> tests) {
        return tests.stream()
                .filter(file -> file.endsWith(test.group(1) + ".java"))
                .anyMatch(file -> read(file).contains("void " + test.group(2) + "("));
    }

    private static List<Path> testsIn(Path sources) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith("Test.java")).toList();
        }
    }
}
