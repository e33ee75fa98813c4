package io.chronik.server.config;

import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.config.ListValue;
import io.chronik.server.config.NodeConfig.Network;
import io.chronik.server.config.NodeConfig.OffsetsTopic;
import io.chronik.server.config.NodeConfig.Storage;
import io.chronik.server.config.NodeConfig.Topics;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Puts a [NodeConfig] together, later places winning: defaults, server.properties, `KAFKA_*` variables, `--set`,
/// flags.
/// Reads one file and changes nothing. Every problem found is reported at once, as [ConfigProblem].
public final class NodeConfigLoader {
    private static final String UNKNOWN = "config.unknown";

    private final KafkaConfigCatalog catalog;

    public NodeConfigLoader(KafkaConfigCatalog catalog) {
        this.catalog = catalog;
    }

    /// `file` is null when there is none; `sets` are key=value texts in the order given.
    public NodeConfig load(@Nullable Path file, Map<String, String> environment, List<String> sets, StartFlags flags) {
        Map<String, Setting> merged = new TreeMap<>();
        if (file != null) ofFile(file).forEach(setting -> put(merged, setting));
        EnvironmentSettings.of(environment).forEach(setting -> put(merged, setting));
        sets.forEach(text -> put(merged, ofText(text)));
        ofFlags(flags, merged).forEach(setting -> put(merged, setting));
        return make(merged);
    }

    private static void put(Map<String, Setting> settings, Setting setting) {
        settings.put(SettingsCheck.keptName(setting.name()), renamed(setting));
        // Two names of one thing: the later place wins, whichever name it uses.
        if (setting.name().equals("node.id")) settings.remove("broker.id");
        if (setting.name().equals("broker.id")) settings.remove("node.id");
    }

    private static Setting renamed(Setting setting) {
        return new Setting(SettingsCheck.keptName(setting.name()), setting.value(), setting.origin());
    }

    private static List<Setting> ofFile(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            String why = Files.exists(file) ? e.getMessage() : "there is no such file";
            throw new ConfigProblem("Cannot read the configuration " + file + ": " + why);
        }
        List<Setting> settings = new ArrayList<>();
        for (String name : new TreeSet<>(properties.stringPropertyNames()))
            settings.add(new Setting(name, properties.getProperty(name), file.toString()));
        return settings;
    }

    private static Setting ofText(String text) {
        int equals = text.indexOf('=');
        if (equals <= 0) throw new ConfigProblem("--set " + text + " is not key=value, as in --set num.partitions=3");
        return new Setting(text.substring(0, equals).strip(), text.substring(equals + 1), "--set");
    }

    private static List<Setting> ofFlags(StartFlags flags, Map<String, Setting> before) {
        List<Setting> settings = new ArrayList<>();
        if (flags.dataDir() != null)
            settings.add(new Setting("log.dirs", flags.dataDir().toString(), "--data-dir"));
        if (flags.listen() != null)
            settings.add(new Setting("listeners", listenOn(flags.listen(), before), "--listen"));
        if (flags.internal() != null)
            settings.add(new Setting("chronik.internal.listener", flags.internal(), "--internal"));
        if (flags.http() != null) settings.add(new Setting("chronik.http.listener", flags.http(), "--http"));
        if (flags.portOffset() != null)
            settings.add(new Setting("chronik.port.offset", flags.portOffset().toString(), "--port-offset"));
        if (flags.nodeId() != null)
            settings.add(new Setting("node.id", flags.nodeId().toString(), "--node-id"));
        if (flags.cluster() != null)
            settings.add(new Setting("controller.quorum.voters", flags.cluster(), "--cluster"));
        if (flags.join() != null)
            settings.add(new Setting("controller.quorum.bootstrap.servers", flags.join(), "--join"));
        ClusterFlag.ownAddress(flags, before)
                .ifPresent(address ->
                        settings.add(new Setting("chronik.internal.listener", address.toString(), "--cluster")));
        return settings;
    }

    /// `--listen` is about clients: listeners for controllers that were set elsewhere stay.
    private static String listenOn(String address, Map<String, Setting> before) {
        if (HostPort.parse(address).isEmpty())
            throw new ConfigProblem("--listen " + address + " is not HOST:PORT, as in --listen 127.0.0.1:9092");
        List<String> controllerNames = elements(before, "controller.listener.names", "CONTROLLER");
        StringBuilder listeners = new StringBuilder("PLAINTEXT://" + address);
        for (String element : elements(before, "listeners", "")) {
            int scheme = element.indexOf("://");
            boolean controller = scheme > 0 && controllerNames.contains(element.substring(0, scheme));
            if (controller) listeners.append(',').append(element);
        }
        return listeners.toString();
    }

    private static List<String> elements(Map<String, Setting> settings, String name, String otherwise) {
        Setting setting = settings.get(name);
        return ListValue.elements(setting == null ? otherwise : setting.value());
    }

    private NodeConfig make(Map<String, Setting> merged) {
        Setting unknown = merged.get(UNKNOWN);
        SettingsCheck check = new SettingsCheck(
                catalog, unknown == null || !unknown.value().strip().equals("warn"));
        merged.values().forEach(check::look);
        List<String> problems = check.problems();
        if (!problems.isEmpty()) throw new ConfigProblem(problems);

        NodeSettings settings = new NodeSettings(catalog, values(check.accepted()));
        List<String> notices = new ArrayList<>(check.notices());
        Listeners listeners = new ListenerPlan(settings, problems, notices).make();
        ClusterConfig cluster = ClusterRules.read(settings, listeners, problems);
        GroupRules.check(settings, problems);
        Storage storage = storage(settings, problems);
        if (!problems.isEmpty())
            throw new ConfigProblem(problems.stream().distinct().toList());
        return new NodeConfig(
                settings.number("node.id"),
                settings.text("broker.rack").orElse(null),
                settings.text("chronik.cluster.id").orElse(null),
                advertisingItself(listeners, cluster, settings.number("node.id")),
                network(settings),
                storage,
                topics(settings),
                offsetsTopic(settings),
                cluster,
                settings,
                notices);
    }

    /// Where `--cluster` says that this node is, others reach it.
    private static Listeners advertisingItself(Listeners listeners, ClusterConfig cluster, int nodeId) {
        HostPort own = cluster.founders().get(nodeId);
        return own == null
                        || cluster.founders().size() == 1
                        || listeners.internal().advertised() != null
                ? listeners
                : listeners.withInternalAdvertised(own);
    }

    private static Map<String, String> values(Map<String, Setting> settings) {
        Map<String, String> values = new HashMap<>();
        settings.forEach((name, setting) -> values.put(name, setting.value()));
        // As Kafka does: whichever of the two was set, tools see both.
        if (values.containsKey("node.id")) values.put("broker.id", values.get("node.id"));
        else if (values.containsKey("broker.id")) values.put("node.id", values.get("broker.id"));
        return values;
    }

    private static Storage storage(NodeSettings settings, List<String> problems) {
        List<String> directories = settings.list(settings.isSet("log.dirs") ? "log.dirs" : "log.dir");
        if (directories.size() != 1)
            problems.add("log.dirs must name one directory in this release, not " + directories.size());
        return new Storage(
                path(directories.isEmpty() ? "" : directories.getFirst(), problems),
                settings.longNumber("log.retention.check.interval.ms"),
                settings.longNumber("producer.id.expiration.ms"));
    }

    private static Path path(String text, List<String> problems) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            problems.add("log.dirs: " + text.replaceAll("\\p{Cntrl}", "?") + " can not be a directory's name");
            return Path.of("");
        }
    }

    private static Network network(NodeSettings settings) {
        return new Network(
                settings.number("socket.request.max.bytes"),
                settings.longNumber("connections.max.idle.ms"),
                settings.number("max.connections"),
                settings.number("max.connections.per.ip"),
                settings.longNumber("queued.max.request.bytes"),
                settings.number("fetch.max.bytes"),
                settings.number("max.request.partition.size.limit"));
    }

    private static Topics topics(NodeSettings settings) {
        return new Topics(
                settings.number("num.partitions"),
                settings.isSet("default.replication.factor") ? settings.number("default.replication.factor") : 0,
                settings.flag("auto.create.topics.enable"),
                settings.flag("delete.topic.enable"));
    }

    private static OffsetsTopic offsetsTopic(NodeSettings settings) {
        String factor = "offsets.topic.replication.factor";
        return new OffsetsTopic(
                settings.number("offsets.topic.num.partitions"),
                settings.isSet(factor) ? settings.number(factor) : 0,
                settings.number("offsets.topic.segment.bytes"),
                settings.number("offsets.topic.compression.codec"));
    }
}
