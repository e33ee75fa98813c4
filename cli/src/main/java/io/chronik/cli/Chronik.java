package io.chronik.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronik.cli.cluster.ClusterCommand;
import io.chronik.cli.cluster.HealthCommand;
import io.chronik.cli.dev.DevCommand;
import io.chronik.cli.group.GroupCommand;
import io.chronik.cli.member.NodeCommand;
import io.chronik.cli.metadata.MetadataCommand;
import io.chronik.cli.node.StartCommand;
import io.chronik.cli.output.HelpOption;
import io.chronik.cli.record.ConsumeCommand;
import io.chronik.cli.record.ProduceCommand;
import io.chronik.cli.segment.LogCommand;
import io.chronik.cli.topic.TopicCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The `chronik` command. Exit codes: 0 done, 1 failed, 2 the command line makes no sense.
@Command(
        name = "chronik",
        description = "A durable event log that Kafka clients use.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  chronik start                                start a node on 127.0.0.1:9092",
            "  echo hello | chronik produce greetings       produce a record",
            "  chronik consume greetings -e                 print the topic",
            "",
            "Each command has its own --help. CHRONIK_BOOTSTRAP names the cluster for all of them.",
        })
public final class Chronik implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private final HelpOption help = new HelpOption();

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    @SuppressWarnings("unused") // read by picocli
    private boolean version;

    public static void main(String[] args) {
        quietLogging(args);
        PrintWriter out = writer(FileDescriptor.out);
        PrintWriter err = writer(FileDescriptor.err);
        int exitCode = commandLine(args).setOut(out).setErr(err).execute(args);
        out.flush();
        err.flush();
        System.exit(exitCode);
    }

    /// The command line that `args` need: making a command's model costs start-up time, so only the command that is
    /// named is made, and all of them when none is.
    public static CommandLine commandLine(String... args) {
        Map<String, Supplier<Object>> commands = commands();
        CommandLine line = new CommandLine(new Chronik());
        List<String> named =
                Arrays.stream(args).filter(arg -> !arg.startsWith("-")).limit(1).toList();
        boolean one = !named.isEmpty() && commands.containsKey(named.getFirst());
        commands.forEach((name, maker) -> {
            if (!one || name.equals(named.getFirst())) {
                line.addSubcommand(name, maker.get());
            }
        });
        line.getCommandSpec().version("chronik " + Version.text());
        ErrorLine errors = new ErrorLine();
        return line.setExecutionExceptionHandler(errors)
                .setParameterExceptionHandler(errors)
                .setAbbreviatedOptionsAllowed(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(100);
    }

    private static Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("start", StartCommand::new);
        commands.put("topic", TopicCommand::new);
        commands.put("produce", ProduceCommand::new);
        commands.put("consume", ConsumeCommand::new);
        commands.put("group", GroupCommand::new);
        commands.put("cluster", ClusterCommand::new);
        commands.put("node", NodeCommand::new);
        commands.put("health", HealthCommand::new);
        commands.put("dev", DevCommand::new);
        commands.put("log", LogCommand::new);
        commands.put("metadata", MetadataCommand::new);
        commands.put("version", VersionCommand::new);
        commands.put("help", HelpCommand::new);
        return commands;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do: " + String.join(", ", spec.subcommands().keySet()));
    }

    /// The Kafka clients log what the commands say better. Only a node, and `--debug`, have a log.
    private static void quietLogging(String[] args) {
        List<String> given = Arrays.asList(args);
        boolean node = !given.isEmpty() && given.getFirst().equals("start");
        if (!node && !given.contains("--debug")) {
            System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
            System.setProperty("slf4j.internal.verbosity", "WARN");
        }
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), UTF_8));
    }
}
