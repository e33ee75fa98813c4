package io.chronik.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/// How this process logs. Logback finds its set-up in [LogSetUp] by itself; this is for what the command line decides.
/// Logs go to stderr: stdout belongs to the banner, the ready line, and what commands print.
public final class Logging {
    /// System property and environment variable that name the format before anything is logged.
    public static final String FORMAT_PROPERTY = "chronik.log.format";

    public static final String FORMAT_VARIABLE = "CHRONIK_LOG_FORMAT";
    public static final String LEVEL_PROPERTY = "chronik.log.level";
    public static final String LEVEL_VARIABLE = "CHRONIK_LOG_LEVEL";

    private Logging() {}

    /// From now on, lines look like this.
    public static void use(LogFormat format) {
        System.setProperty(FORMAT_PROPERTY, format.name());
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(LogOutput.NAME) instanceof LogOutput output) {
            output.use(format);
        }
    }

    /// For commands that report failures themselves: from now on, only errors are logged.
    public static void errorsOnly() {
        System.setProperty(LEVEL_PROPERTY, "ERROR");
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.ERROR);
            context.getLogger(LogSetUp.OURS).setLevel(Level.ERROR);
        }
    }
}
