package io.chronik.cli.output;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The `-o text|json` option, and printing in the format that was asked for.
public final class Output {
    /// The formats of `-o`; their names are what people type.
    public enum Format {
        text,
        json
    }

    /// What prints a result for people.
    public interface Text {
        void print(PrintWriter out);
    }

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            defaultValue = "text",
            description = "Format of the result (default: ${DEFAULT-VALUE}).")
    private Format format = Format.text;

    @Option(names = "--debug", description = "Print stack traces of failures and the Kafka client's warnings.")
    @SuppressWarnings("unused") // ErrorLine looks for it in the arguments
    private boolean debug;

    public PrintWriter out() {
        return spec.commandLine().getOut();
    }

    public PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /// Prints `result` as one line of JSON, or `text` for people.
    public void show(Object result, Text text) {
        if (isJson()) {
            out().println(Json.line(result));
        } else {
            text.print(out());
        }
        out().flush();
    }

    public boolean isJson() {
        return format == Format.json;
    }
}
