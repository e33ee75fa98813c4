package io.chronik.cli.client;

import io.chronik.cli.output.Failure;
import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the cluster is and how to talk to it: the options that all client commands share.
public final class Connection {
    /// The bootstrap address when neither the option nor the environment names one.
    public static final String DEFAULT_BOOTSTRAP = "127.0.0.1:9092";

    private static final int CONNECT_TIMEOUT_MS = 3_000;

    @Option(
            names = {"-b", "--bootstrap", "--bootstrap-server", "--brokers"},
            paramLabel = "HOST:PORT[,...]",
            defaultValue = "${env:CHRONIK_BOOTSTRAP:-" + DEFAULT_BOOTSTRAP + "}",
            description = "Nodes to connect to first (default: $CHRONIK_BOOTSTRAP, or " + DEFAULT_BOOTSTRAP + ").")
    private String bootstrap = DEFAULT_BOOTSTRAP;

    @Option(
            names = {"-X", "--client-property"},
            paramLabel = "KEY=VALUE",
            description = "A property for the Kafka client, e.g. -X security.protocol=SSL; can be repeated.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(
            names = {"--command-config"},
            paramLabel = "FILE",
            description = "A properties file for the Kafka client.")
    private @Nullable Path propertiesFile;

    @Option(
            names = {"--timeout"},
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "How long to wait for an answer (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds = 15;

    public String bootstrap() {
        return bootstrap;
    }

    public int timeoutMs() {
        return Math.multiplyExact(Math.max(1, timeoutSeconds), 1_000);
    }

    /// An admin client; the caller closes it. Fails at once when nothing listens at any of the addresses.
    public Admin admin() {
        return Admin.create(clientProperties());
    }

    /// The properties for any Kafka client, after checking that some node listens. Later ones win: the file, then `-X`.
    public Map<String, Object> clientProperties() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("bootstrap.servers", bootstrap);
        all.put("client.id", "chronik-cli");
        all.put("default.api.timeout.ms", timeoutMs());
        all.put("request.timeout.ms", timeoutMs());
        all.put("enable.metrics.push", "false");
        all.put("metric.reporters", "");
        all.put("reconnect.backoff.max.ms", "500");
        if (propertiesFile != null) {
            all.putAll(read(propertiesFile));
        }
        all.putAll(properties);
        requireListener(all.get("bootstrap.servers").toString());
        return all;
    }

    private static Map<String, String> read(Path file) {
        Properties read = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            read.load(reader);
        } catch (IOException e) {
            throw new Failure("cannot read " + file + ": " + e.getMessage(), e);
        }
        Map<String, String> properties = new LinkedHashMap<>();
        read.stringPropertyNames().stream().sorted().forEach(key -> properties.put(key, read.getProperty(key)));
        return properties;
    }

    /// The clients retry a refused connection until their time-out; a person wants to know at once.
    private static void requireListener(String bootstrap) {
        IOException last = null;
        for (InetSocketAddress address : addresses(bootstrap)) {
            try (Socket socket = new Socket()) {
                socket.connect(address, CONNECT_TIMEOUT_MS);
                return;
            } catch (IOException e) {
                last = e;
            }
        }
        String reason = last == null ? "no address" : reason(last);
        throw new Failure(
                "cannot connect to " + bootstrap + ": " + reason
                        + "; start a node with `chronik start`, or name one with -b HOST:PORT or CHRONIK_BOOTSTRAP",
                last);
    }

    private static List<InetSocketAddress> addresses(String bootstrap) {
        try {
            return ClientUtils.parseAndValidateAddresses(List.of(bootstrap.split("\\s*,\\s*")), "use_all_dns_ips");
        } catch (KafkaException e) {
            throw new Failure("-b " + bootstrap + ": " + e.getMessage(), e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof UnknownHostException) {
            return "unknown host";
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message.toLowerCase(java.util.Locale.ROOT);
    }
}
