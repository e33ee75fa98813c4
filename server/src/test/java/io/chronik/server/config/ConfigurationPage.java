package io.chronik.server.config;

import io.chronik.metadata.config.ConfigKey;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.config.Treatment;
import io.chronik.metadata.config.UpdateMode;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigResource;

/// Writes docs/configuration.md from the tables that the node itself uses, so that the page can not say anything else.
final class ConfigurationPage {
    private static final String INTRODUCTION = """
            # Configuration

            <!-- Generated from the settings' tables by ConfigurationPageTest. Change the tables, then run it with
                 -Dchronik.docs.rewrite=true. -->

            Nothing has to be set. A node without configuration listens on 127.0.0.1, keeps its data in `./chronik-data`,
            and has Kafka's defaults for everything else.

            ## Where settings come from

            Settings have Kafka's names. A later place wins over an earlier one:

            1. the defaults below;
            2. a file: `chronik start --config server.properties`, in Kafka's own format;
            3. the environment: `KAFKA_NUM_PARTITIONS=3` is `num.partitions=3`. A dot is written `_`, an underscore `__`, a
               dash `___`. `KAFKA_CFG_…` means the same. `CLUSTER_ID` is `chronik.cluster.id`. Variables that start programs
               (`KAFKA_HEAP_OPTS`, `KAFKA_OPTS`, `KAFKA_JMX_…`, `KAFKA_LOG4J_…` and so on) are no settings;
            4. `--set key=value`, as often as needed;
            5. the flags of `chronik start`: `--data-dir` (`log.dirs`), `--listen` (`listeners`), `--internal`
               (`chronik.internal.listener`), `--http` (`chronik.http.listener`), `--port-offset` (`chronik.port.offset`),
               `--node-id` (`node.id`), `--cluster` (`controller.quorum.voters`), `--join`
               (`controller.quorum.bootstrap.servers`).

            A name that does not exist, or a value that can not be, ends the start with one line that says what to do, before
            anything is written to disk. `config.unknown=warn` skips unknown names instead. A name that Kafka knows and
            Chronik has no use for is named in the log, once, with the reason.

            Settings of topics and groups, and those of nodes that say so below, can be changed while the cluster runs, with
            `kafka-configs` or any admin client. The strongest value is in force: the topic's or group's own, then the
            node's (`--entity-type brokers --entity-name 1`), then the one for all nodes (`--entity-default`), then the
            node's configuration, then the default.

            ## Listeners without TLS

            This release has neither TLS nor authentication: whoever reaches a port may do everything. So a listener that
            other machines can reach is refused unless `chronik.insecure.listener.allow=true` says that this is meant: in a
            trusted network, or in a container, whose published ports are the decision (the image sets it). A listener
            without a host, such as `PLAINTEXT://:9092` in Kafka's sample file, is bound to loopback unless it is allowed.
            Listeners mapped to SSL or SASL are refused, and so are other settings that promise a protection which is not
            there; they are listed at the end.

            """;

    private final KafkaConfigCatalog catalog = new KafkaConfigCatalog();

    String render() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        page.append("## Settings of a node\n\n");
        page.append("`changed`: *start*, only in the node's configuration; *running*, also while it runs.\n\n");
        table(page, ConfigResource.Type.BROKER, "changed");
        page.append("\n## Settings of a topic\n\n");
        page.append("Set when a topic is created or at any time later. The node's setting gives the default.\n\n");
        table(page, ConfigResource.Type.TOPIC, "the node's setting");
        page.append("\n## Settings of a group\n\n");
        table(page, ConfigResource.Type.GROUP, "the node's setting");
        page.append("\n## Known to Kafka, and ignored\n\n");
        page.append("Stored and shown as Kafka's tools expect, without effect.\n\n");
        ignored(page, ConfigResource.Type.BROKER, "Nodes");
        ignored(page, ConfigResource.Type.TOPIC, "Topics");
        ignored(page, ConfigResource.Type.GROUP, "Groups");
        page.append("## Refused\n\nA node does not start with these, unless they have Kafka's default:\n\n");
        refused(page);
        return page.toString();
    }

    private void table(StringBuilder page, ConfigResource.Type type, String lastColumn) {
        page.append("| name | type | default | ").append(lastColumn).append(" | meaning |\n|---|---|---|---|---|\n");
        for (ConfigKey key : catalog.keys(type)) {
            if (!key.honoured()) continue;
            String last = type == ConfigResource.Type.BROKER ? changed(key) : synonyms(key);
            page.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            key.name(),
                            key.type().name().toLowerCase(Locale.ROOT),
                            shownDefault(key),
                            last,
                            key.documentation()));
        }
    }

    private String changed(ConfigKey key) {
        return catalog.updateMode(key.name()).orElseThrow() == UpdateMode.READ_ONLY ? "start" : "running";
    }

    private static String synonyms(ConfigKey key) {
        return key.synonyms().stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }

    private static String shownDefault(ConfigKey key) {
        String value = key.defaultValue();
        if (value == null) return "";
        return value.isEmpty() ? "(empty)" : "`" + value + "`";
    }

    /// One paragraph per reason, because most reasons go for many names.
    private void ignored(StringBuilder page, ConfigResource.Type type, String heading) {
        TreeMap<String, TreeSet<String>> namesByReason = new TreeMap<>();
        for (ConfigKey key : catalog.keys(type)) {
            if (catalog.treatment(type, key.name()).orElseThrow() instanceof Treatment.Ignored(String reason)) {
                String shown = reason.isEmpty() ? "Chronik has no use for them." : capitalized(reason);
                namesByReason.computeIfAbsent(shown, _ -> new TreeSet<>()).add("`" + key.name() + "`");
            }
        }
        page.append("### ").append(heading).append("\n\n");
        namesByReason.forEach((reason, names) -> page.append("- ")
                .append(reason)
                .append("\n  ")
                .append(String.join(", ", names))
                .append('\n'));
        page.append('\n');
    }

    private void refused(StringBuilder page) {
        List<ConfigKey> keys = List.copyOf(catalog.keys(ConfigResource.Type.BROKER));
        for (ConfigKey key : keys) {
            if (catalog.treatment(ConfigResource.Type.BROKER, key.name()).orElseThrow()
                    instanceof Treatment.Refused(String advice))
                page.append("- `%s`: %s.\n".formatted(key.name(), advice));
        }
    }

    private static String capitalized(String sentence) {
        return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
