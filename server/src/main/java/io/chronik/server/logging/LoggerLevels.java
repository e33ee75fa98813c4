package io.chronik.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/// The levels at which this process logs, by logger, to be read and changed while it runs (KIP-412). Any thread.
/// Kafka's word for the root logger is `root`.
public final class LoggerLevels {
    public static final String ROOT = "root";

    private LoggerLevels() {}

    /// The level in force of every logger that exists, sorted by name. Empty when another logging library is in use.
    public static SortedMap<String, String> all() {
        SortedMap<String, String> levels = new TreeMap<>();
        context().ifPresent(context -> {
            for (Logger logger : context.getLoggerList()) {
                levels.put(shownName(logger), logger.getEffectiveLevel().toString());
            }
        });
        return levels;
    }

    public static boolean exists(String name) {
        return name.equals(ROOT)
                || context().map(context -> context.exists(name) != null).orElse(false);
    }

    /// `level` is one of Kafka's names; FATAL is the same as ERROR here.
    public static void set(String name, String level) {
        logger(name).ifPresent(logger -> logger.setLevel(level.equals("FATAL") ? Level.ERROR : Level.toLevel(level)));
    }

    /// Gives a logger other than the root the level of its parent.
    public static void reset(String name) {
        if (!name.equals(ROOT)) logger(name).ifPresent(logger -> logger.setLevel(null));
    }

    private static Optional<Logger> logger(String name) {
        return context().map(context -> context.getLogger(name.equals(ROOT) ? Logger.ROOT_LOGGER_NAME : name));
    }

    private static String shownName(Logger logger) {
        return logger.getName().equals(Logger.ROOT_LOGGER_NAME) ? ROOT : logger.getName();
    }

    private static Optional<LoggerContext> context() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        return factory instanceof LoggerContext context ? Optional.of(context) : Optional.empty();
    }
}
