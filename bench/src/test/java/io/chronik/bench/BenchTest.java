package io.chronik.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchTest {
    private final StringWriter errors = new StringWriter();

    private int exitCode(String... arguments) {
        CommandLine command = Bench.commandLine();
        command.setErr(new PrintWriter(errors, true));
        command.setOut(new PrintWriter(new StringWriter(), true));
        return command.execute(arguments);
    }

    @Test
    void aCaseThatDoesNotExistIsAnError() {
        assertThat(exitCode("compare", "--case", "no-such")).isEqualTo(2);
        assertThat(errors.toString()).contains("no case is named no-such");
    }

    @Test
    void aBrokerThatDoesNotExistIsAnError() {
        assertThat(exitCode("compare", "--only", "redpanda")).isEqualTo(2);
        assertThat(errors.toString()).contains("redpanda");
    }

    @Test
    void runSaysThatNobodyAnswers() {
        assertThat(exitCode("run", "--bootstrap", "127.0.0.1:1", "--case", "sync-1-on-1"))
                .isEqualTo(1);
        assertThat(errors.toString()).contains("no Kafka broker answers at 127.0.0.1:1");
    }

    @Test
    void runWantsAnAddress() {
        assertThat(exitCode("run", "--bootstrap", "somewhere")).isEqualTo(2);
        assertThat(errors.toString()).contains("HOST:PORT");
    }

    @Test
    void runCannotStartBrokers() {
        assertThat(exitCode("run", "--bootstrap", "127.0.0.1:1", "--case", "start-stop"))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("only ./chronik bench compare");
    }
}
