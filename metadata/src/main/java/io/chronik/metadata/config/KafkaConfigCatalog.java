package io.chronik.metadata.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.kafka.common.config.ConfigResource;

/// The settings of Kafka 4.4, and Chronik's own under `chronik.`: from tables that are read when a kind of resource is
/// first asked for, because a start needs only those of the node. Immutable, any thread.
public final class KafkaConfigCatalog implements ConfigCatalog {
    @Override
    public Optional<ConfigKey> find(ConfigResource.Type type, String name) {
        return entry(type, name).map(CatalogEntry::key);
    }

    @Override
    public Collection<ConfigKey> keys(ConfigResource.Type type) {
        List<ConfigKey> keys = new ArrayList<>();
        for (CatalogEntry entry : table(type).values()) keys.add(entry.key());
        return Collections.unmodifiableList(keys);
    }

    /// For changes while the cluster runs; whether the setting is read-only is another question.
    @Override
    public Optional<String> problem(ConfigResource.Type type, String name, String value) {
        Optional<CatalogEntry> found = entry(type, name);
        if (found.isEmpty()) return Optional.of("Unknown " + noun(type) + " config name: " + name);
        CatalogEntry entry = found.get();
        if (entry.treatment() instanceof Treatment.Refused(String advice)) return Optional.of(name + ": " + advice);
        return entry.valueProblem(value);
    }

    /// Why `value` can not be in a node's configuration; empty when it can. Only for names that exist.
    public Optional<String> valueProblem(ConfigResource.Type type, String name, String value) {
        return entry(type, name).flatMap(entry -> entry.valueProblem(value));
    }

    public Optional<Treatment> treatment(ConfigResource.Type type, String name) {
        return entry(type, name).map(CatalogEntry::treatment);
    }

    /// For nodes; the settings of topics and groups may always be changed.
    public Optional<UpdateMode> updateMode(String nodeSetting) {
        return entry(ConfigResource.Type.BROKER, nodeSetting).map(CatalogEntry::updateMode);
    }

    private static Optional<CatalogEntry> entry(ConfigResource.Type type, String name) {
        return Optional.ofNullable(table(type).get(name));
    }

    private static SortedMap<String, CatalogEntry> table(ConfigResource.Type type) {
        return switch (type) {
            case TOPIC -> OfTopics.TABLE;
            case GROUP -> OfGroups.TABLE;
            case BROKER -> OfNodes.TABLE;
            case BROKER_LOGGER, CLIENT_METRICS, UNKNOWN -> Collections.emptySortedMap();
        };
    }

    private static String noun(ConfigResource.Type type) {
        return switch (type) {
            case TOPIC -> "topic";
            case GROUP -> "group";
            case BROKER -> "broker";
            case BROKER_LOGGER, CLIENT_METRICS, UNKNOWN -> "resource";
        };
    }

    // Each table is read when its holder is first used.
    private static final class OfTopics {
        static final SortedMap<String, CatalogEntry> TABLE = CatalogTable.load("topic.tsv");
    }

    private static final class OfGroups {
        static final SortedMap<String, CatalogEntry> TABLE = CatalogTable.load("group.tsv");
    }

    private static final class OfNodes {
        static final SortedMap<String, CatalogEntry> TABLE = CatalogTable.load("broker.tsv");
    }
}
