package io.chronik.server.config;

import java.util.List;

/// The node can not start with this configuration. Each problem is one line that says what to do; nothing has been
/// touched on disk.
public final class ConfigProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> lines;

    public ConfigProblem(List<String> lines) {
        super(String.join(System.lineSeparator(), lines));
        this.lines = List.copyOf(lines);
    }

    public ConfigProblem(String line) {
        this(List.of(line));
    }

    public List<String> lines() {
        return lines;
    }
}
