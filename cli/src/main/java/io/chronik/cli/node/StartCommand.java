package io.chronik.cli.node;

import io.chronik.cli.output.Failure;
import io.chronik.cli.output.HelpOption;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.server.config.ConfigProblem;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.config.NodeConfigLoader;
import io.chronik.server.config.StartFlags;
import io.chronik.server.logging.JavaLogging;
import io.chronik.server.logging.LogFormat;
import io.chronik.server.logging.Logging;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `chronik start`: runs a node in the foreground until it is told to stop.
@Command(
        name = "start",
        description = "Start a node in the foreground. Nothing has to be set; SIGTERM or Ctrl-C stops it cleanly.",
        footer = {
            "",
            "Examples:",
            "  chronik start",
            "  chronik start --data-dir /var/lib/chronik --config /etc/chronik/server.properties",
            "  chronik start --port-offset 100 --data-dir second-data --set num.partitions=6",
            "  chronik start --listen 127.0.0.1:19092 --http off",
            "  chronik start --node-id 1 --cluster 1@10.0.0.1:9093,2@10.0.0.2:9093,3@10.0.0.3:9093",
            "  chronik start --node-id 4 --join 10.0.0.1:9093",
            "",
            "Flags and --set win over KAFKA_* environment variables, those over the --config file.",
        })
public final class StartCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private final HelpOption help = new HelpOption();

    @Option(
            names = {"-d", "--data-dir"},
            paramLabel = "DIR",
            description = "Where the data is (default: ./chronik-data).")
    private @Nullable Path dataDir;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where clients connect (default: 127.0.0.1:9092).")
    private @Nullable String listen;

    @Option(
            names = "--internal",
            paramLabel = "HOST:PORT",
            description = "Where other nodes connect (default: 127.0.0.1:9093).")
    private @Nullable String internal;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT|off",
            description = "Metrics and health (default: 127.0.0.1:8080).")
    private @Nullable String http;

    @Option(
            names = "--port-offset",
            paramLabel = "N",
            description = "Added to every port, to run several nodes on one machine.")
    private @Nullable Integer portOffset;

    @Option(names = "--node-id", paramLabel = "N", description = "This node's id in the cluster (default: 1).")
    private @Nullable Integer nodeId;

    @Option(
            names = "--cluster",
            paramLabel = "ID@HOST:PORT,...",
            description = "The first nodes of a cluster by their internal addresses, the same list on each of them."
                    + " This node listens internally at its own address in the list.")
    private @Nullable String cluster;

    @Option(
            names = "--join",
            paramLabel = "HOST:PORT[,...]",
            description = "Internal addresses of one or more members of a cluster that this node joins.")
    private @Nullable String join;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "A server.properties with Kafka's names.")
    private @Nullable Path config;

    @Option(
            names = {"-s", "--set"},
            paramLabel = "KEY=VALUE",
            description = "A setting by Kafka's name; can be repeated.")
    private List<String> sets = new ArrayList<>();

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            description = "Format of the log on standard error (default: $CHRONIK_LOG_FORMAT, or text).")
    private @Nullable LogFormat logFormat;

    @Option(names = "--debug", description = "Log at DEBUG, and print stack traces of failures.")
    private boolean debug;

    @Override
    public Integer call() {
        configureLogging();
        NodeConfig settings = load(System.getenv());
        return new NodeProcess(
                        settings,
                        spec.commandLine().getOut(),
                        spec.commandLine().getErr())
                .run();
    }

    /// Before the first event: logback asks for these when it starts.
    private void configureLogging() {
        if (logFormat != null) {
            System.setProperty(Logging.FORMAT_PROPERTY, logFormat.name().toLowerCase(Locale.ROOT));
        }
        if (debug) {
            System.setProperty(Logging.LEVEL_PROPERTY, "DEBUG");
        }
        JavaLogging.bridge();
    }

    /// The node's settings: where each came from is the loader's business.
    NodeConfig load(Map<String, String> environment) {
        if (cluster != null && join != null) {
            throw new ParameterException(
                    spec.commandLine(), "--cluster forms a cluster and --join joins one that exists: use one of them");
        }
        StartFlags flags = new StartFlags(dataDir, listen, internal, http, portOffset, nodeId, cluster, join);
        try {
            return new NodeConfigLoader(new KafkaConfigCatalog()).load(config, environment, sets, flags);
        } catch (ConfigProblem problem) {
            PrintWriter err = spec.commandLine().getErr();
            List<String> lines = problem.lines();
            lines.subList(0, lines.size() - 1).forEach(line -> err.println("chronik: " + line));
            throw new Failure(lines.getLast(), problem);
        }
    }
}
