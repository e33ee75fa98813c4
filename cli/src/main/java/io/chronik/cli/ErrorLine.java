package io.chronik.cli;

import io.chronik.cli.client.Answers;
import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// One line on stderr for whatever went wrong: `chronik: what`. Exit code 1 for a failure, 2 for a usage error. A stack
/// trace only with `--debug`.
final class ErrorLine implements IExecutionExceptionHandler, IParameterExceptionHandler {
    @Override
    public int handleExecutionException(Exception error, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        command.getOut().flush();
        err.println("chronik: " + Answers.reason(error));
        if (parsed.originalArgs().contains("--debug")) {
            error.printStackTrace(err);
        }
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    public int handleParseException(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        PrintWriter err = command.getErr();
        String message = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
        err.println("chronik: " + message + suggestion(error) + " (see "
                + command.getCommandSpec().qualifiedName() + " --help)");
        if (Arrays.asList(args).contains("--debug")) {
            error.printStackTrace(err);
        }
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    private static String suggestion(ParameterException error) {
        if (error instanceof UnmatchedArgumentException unmatched) {
            var suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                return "; did you mean " + suggestions.getFirst() + "?";
            }
        }
        return "";
    }
}
