package io.chronik.server.logging;

import java.util.Locale;
import java.util.Optional;

/// How a log line looks: `text` for people, `json` for machines.
public enum LogFormat {
    TEXT,
    JSON;

    LineFormat line() {
        return switch (this) {
            case TEXT -> new TextLine();
            case JSON -> new JsonLine();
        };
    }

    /// Reads `text` or `json`, in any case; empty for anything else.
    public static Optional<LogFormat> parse(String name) {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "text" -> Optional.of(TEXT);
            case "json" -> Optional.of(JSON);
            default -> Optional.empty();
        };
    }
}
