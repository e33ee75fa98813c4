package io.chronik.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CommandLineTest {
    /// What a person sees of one command.
    private record Run(int exitCode, String out, String err) {}

    @Test
    void everyCommandHasHelpWithExamples() {
        assertHelp(Chronik.commandLine());
    }

    private static void assertHelp(CommandLine command) {
        if (command.getCommandName().equals("help")) {
            return;
        }
        assertThat(command.getUsageMessage())
                .as(command.getCommandSpec().qualifiedName())
                .contains("Examples:")
                .contains("--help")
                .doesNotContain("Main class");
        command.getSubcommands().values().forEach(CommandLineTest::assertHelp);
    }

    @Test
    void helpGoesToStandardOutputAndSucceeds() {
        Run run = run("topic", "create", "--help");
        assertThat(run.exitCode).isZero();
        assertThat(run.out).startsWith("Usage: chronik topic create");
        assertThat(run.err).isEmpty();
    }

    @Test
    void misspeltCommandIsAUsageErrorOnOneLine() {
        Run run = run("topic", "creat", "a");
        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err.lines()).singleElement().asString().contains("did you mean create?");
    }

    @Test
    void missingCommandIsAUsageErrorThatListsThem() {
        Run run = run();
        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err.lines()).singleElement().asString().contains("start, topic, produce, consume");
    }

    @Test
    void nobodyListeningIsAFailureThatSaysWhatToDo() {
        // Given: port 1 on loopback refuses
        // When
        Run run = run("topic", "list", "-b", "127.0.0.1:1");

        // Then
        assertThat(run.exitCode).isEqualTo(1);
        assertThat(run.out).isEmpty();
        assertThat(run.err.lines()).singleElement().asString().contains("127.0.0.1:1", "chronik start");
    }

    @Test
    void allSpellingsOfTheBootstrapOptionAreTheSame() {
        for (String option : new String[] {"-b", "--bootstrap", "--bootstrap-server", "--brokers"}) {
            assertThat(run("health", option, "127.0.0.1:1").err).contains("127.0.0.1:1");
        }
    }

    @Test
    void stackTraceIsOnlyForDebug() {
        assertThat(run("health", "-b", "127.0.0.1:1", "--debug").err).contains("\tat ");
    }

    @Test
    void groupAndExactPositionDoNotGoTogether() {
        Run run = run("consume", "t", "-g", "g", "--from", "-10");
        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err).contains("chronik group reset");
    }

    @Test
    void badPositionIsAUsageError() {
        Run run = run("consume", "t", "--from", "middle");
        assertThat(run.exitCode).isEqualTo(2);
        assertThat(run.err.lines()).singleElement().asString().contains("start|end|OFFSET|-N|@timestamp");
    }

    @Test
    void versionIsThatOfTheBuild() {
        assertThat(run("version").out).startsWith("chronik ");
        assertThat(run("version", "-o", "json").out).contains("\"chronik\":");
    }

    @Test
    void alterWithNothingToChangeIsAUsageError() {
        assertThat(run("topic", "alter", "a", "-b", "127.0.0.1:1").exitCode).isEqualTo(2);
    }

    private static Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Chronik.commandLine(args)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
