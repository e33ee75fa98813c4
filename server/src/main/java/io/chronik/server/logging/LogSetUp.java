package io.chronik.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.jspecify.annotations.Nullable;

/// Sets logback up in code, found as a service: reading an XML file would take a tenth of the time a start may take.
/// Who names a file with `-Dlogback.configurationFile` gets that instead.
///
/// Chronik's own events from INFO, those of libraries from WARN; `CHRONIK_LOG_LEVEL` changes the first.
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogSetUp extends ContextAwareBase implements Configurator {
    static final String OURS = "io.chronik";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null) return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        LogFormat format = LogFormat.parse(setting(Logging.FORMAT_PROPERTY, Logging.FORMAT_VARIABLE, "text"))
                .orElse(LogFormat.TEXT);
        Level ours = Level.toLevel(setting(Logging.LEVEL_PROPERTY, Logging.LEVEL_VARIABLE, "INFO"), Level.INFO);

        LogOutput output = new LogOutput(System.err, format);
        output.setContext(context);
        output.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(ours.isGreaterOrEqual(Level.WARN) ? ours : Level.WARN);
        root.addAppender(output);
        context.getLogger(OURS).setLevel(ours);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static String setting(String property, String variable, String otherwise) {
        @Nullable String value = System.getProperty(property, System.getenv(variable));
        return value == null ? otherwise : value;
    }
}
