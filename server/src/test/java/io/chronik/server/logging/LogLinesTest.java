package io.chronik.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

class LogLinesTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Test
    void textEndsWithWhatTheEventIsAbout() {
        // When
        logger(LogFormat.TEXT)
                .atInfo()
                .addKeyValue("partition", "orders-0")
                .addKeyValue("offset", 42L)
                .addKeyValue("topic", "a b")
                .log("became leader");

        // Then
        assertThat(lines())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  Partition          became leader"
                        + "  partition=orders-0 offset=42 topic=\"a b\"\n");
    }

    @Test
    void jsonHasTheKeyValuesAsFields() {
        // When
        logger(LogFormat.JSON)
                .atWarn()
                .addKeyValue("offset", 42L)
                .addKeyValue("level", "x")
                .setCause(new IOException("no \"space\"", new IllegalStateException("why")))
                .log("disk full");

        // Then
        Map<?, ?> fields = JsonMapper.shared().readValue(lines(), Map.class);
        assertThat(fields.get("level")).isEqualTo("WARN");
        assertThat(fields.get("level_")).isEqualTo("x");
        assertThat(fields.get("logger")).isEqualTo("io.chronik.replication.Partition");
        assertThat(fields.get("message")).isEqualTo("disk full");
        assertThat(fields.get("offset")).isEqualTo(42);
        assertThat(fields.get("error")).isEqualTo("java.io.IOException: no \"space\"");
        assertThat((String) fields.get("stack"))
                .contains("LogLinesTest.jsonHasTheKeyValuesAsFields", "caused by java.lang.IllegalStateException: why");
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void whatAPeerChoseStaysInItsPlace(LogFormat format) {
        // Given
        String hostile = "x\n2026 FATAL\r\u001b[31m\u202e\u2028\"q\"\\" + "y".repeat(1_000);

        // When
        logger(format)
                .atInfo()
                .addKeyValue("clientId", hostile)
                .setCause(new IOException(hostile))
                .log("closed {}", hostile);

        // Then
        String line = lines();
        assertThat(line.strip()).doesNotContain("\n", "\r", "\u001b", "\u202e", "\u2028");
        assertThat(line).contains("\\n2026 FATAL\\r\\u001b[31m\\u202e\\u2028\\\"q\\\"\\\\");
        assertThat(line).contains("y".repeat(200) + "…");
    }

    @Test
    void aFailureStaysOnTheLineOfItsEvent() {
        // When
        logger(LogFormat.TEXT).error("sync failed", new IllegalStateException("outer", new IOException("inner")));

        // Then
        assertThat(lines())
                .contains("error=\"java.lang.IllegalStateException: outer\" at=\"LogLinesTest.aFailureStays")
                .contains("cause=\"java.io.IOException: inner\" at=\"LogLinesTest.aFailureStays")
                .containsOnlyOnce("\n");
    }

    @Test
    void theSetUpIsFoundAndKeepsLibrariesQuiet() {
        // Given
        LoggerContext context = (LoggerContext) org.slf4j.LoggerFactory.getILoggerFactory();

        // Then
        assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(LogOutput.NAME))
                .isInstanceOf(LogOutput.class);
        assertThat(context.getLogger("org.apache.kafka.raft").isInfoEnabled()).isFalse();
        assertThat(context.getLogger("io.chronik.server.Node").isInfoEnabled()).isTrue();
    }

    @Test
    void aFormatIsReadByName() {
        assertThat(LogFormat.parse("JSON")).contains(LogFormat.JSON);
        assertThat(LogFormat.parse("xml")).isEmpty();
    }

    private Logger logger(LogFormat format) {
        LoggerContext context = new LoggerContext();
        LogOutput output = new LogOutput(new PrintStream(written, true, StandardCharsets.UTF_8), format);
        output.setContext(context);
        output.start();
        Logger logger = context.getLogger("io.chronik.replication.Partition");
        logger.setLevel(Level.INFO);
        logger.addAppender(output);
        return logger;
    }

    private String lines() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
