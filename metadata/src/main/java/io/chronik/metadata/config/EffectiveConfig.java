package io.chronik.metadata.config;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.metadata.config.EffectiveSetting.Synonym;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;

/// Answers what is in force on one node for topics, groups and the node itself. The strongest layer wins: the topic's
/// or group's own value, the node's dynamic value, the dynamic value for all nodes, the node's configuration,
/// the default. Immutable, any thread; it reads one image, so its answers fit together.
public final class EffectiveConfig {
    private static final ConfigResource ALL_NODES = new ConfigResource(ConfigResource.Type.BROKER, "");
    /// With so many replicas an acknowledged record is on two disks, unless somebody says otherwise.
    private static final int REPLICAS_FOR_TWO_IN_SYNC = 3;

    private final ConfigCatalog catalog;
    private final ClusterImage image;
    private final Map<String, String> dynamicNode;
    private final Map<String, String> dynamicAllNodes;
    private final Map<String, String> staticNode;

    /// `staticNode` is what the node `nodeId` was started with, by Kafka's names.
    public EffectiveConfig(ConfigCatalog catalog, ClusterImage image, int nodeId, Map<String, String> staticNode) {
        this.catalog = catalog;
        this.image = image;
        this.dynamicNode = image.configOf(new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(nodeId)));
        this.dynamicAllNodes = image.configOf(ALL_NODES);
        this.staticNode = staticNode;
    }

    /// All settings of a topic, sorted by name.
    public List<EffectiveSetting> topic(String name) {
        return inherited(new ConfigResource(ConfigResource.Type.TOPIC, name));
    }

    /// All settings of a group, sorted by name.
    public List<EffectiveSetting> group(String id) {
        return inherited(new ConfigResource(ConfigResource.Type.GROUP, id));
    }

    /// All settings of this node, sorted by name.
    public List<EffectiveSetting> node() {
        List<EffectiveSetting> settings = new ArrayList<>();
        for (ConfigKey key : catalog.keys(ConfigResource.Type.BROKER)) settings.add(nodeSetting(key));
        return settings;
    }

    /// The settings that have a dynamic value for all nodes, sorted by name; nothing else is known of other nodes.
    public List<EffectiveSetting> allNodes() {
        List<EffectiveSetting> settings = new ArrayList<>();
        for (ConfigKey key : catalog.keys(ConfigResource.Type.BROKER)) {
            String value = dynamicAllNodes.get(key.name());
            if (value == null) continue;
            ConfigSource source = ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG;
            Synonym only = new Synonym(key.name(), shown(key, value), source);
            settings.add(new EffectiveSetting(key, only.value(), source, List.of(only)));
        }
        return settings;
    }

    /// The value in force of a setting of the topic `name`; empty when the setting has none.
    public Optional<String> topicValue(String name, String setting) {
        return value(new ConfigResource(ConfigResource.Type.TOPIC, name), setting);
    }

    /// The value in force of a setting of the group `id`; empty when the setting has none.
    public Optional<String> groupValue(String id, String setting) {
        return value(new ConfigResource(ConfigResource.Type.GROUP, id), setting);
    }

    /// The value in force of a setting of this node; empty when the setting has none.
    public Optional<String> nodeValue(String setting) {
        return catalog.find(ConfigResource.Type.BROKER, setting)
                .map(key -> nodeSetting(key).value());
    }

    /// The value that a topic or group would have of `setting`, which exists, if `own` were its own settings.
    public String valueIf(ConfigResource.Type type, Map<String, String> own, String setting) {
        ConfigKey key = catalog.find(type, setting)
                .orElseThrow(() -> new IllegalArgumentException("no such setting: " + setting));
        String value = inherited(key, own, new ConfigResource(type, "")).value();
        return value == null ? "" : value;
    }

    private Optional<String> value(ConfigResource resource, String setting) {
        return catalog.find(resource.type(), setting)
                .map(key -> inherited(key, image.configOf(resource), resource).value());
    }

    private List<EffectiveSetting> inherited(ConfigResource resource) {
        Map<String, String> own = image.configOf(resource);
        List<EffectiveSetting> settings = new ArrayList<>();
        for (ConfigKey key : catalog.keys(resource.type())) settings.add(inherited(key, own, resource));
        return settings;
    }

    private EffectiveSetting inherited(ConfigKey key, Map<String, String> own, ConfigResource resource) {
        ConfigSource ownSource = ownSource(resource);
        List<Synonym> found = new ArrayList<>();
        collect(found, List.of(key.name()), own, ownSource);
        collectFromNode(found, key.synonyms());
        if (nobodySet(found) && wantsTwoInSync(key, resource)) {
            found.addFirst(new Synonym(key.name(), "2", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG));
        }
        if (found.isEmpty())
            return new EffectiveSetting(key, key.defaultValue(), ConfigSource.DEFAULT_CONFIG, List.of());
        Synonym strongest = found.getFirst();
        String value = strongest.value();
        if (value != null && strongest.source() != ownSource)
            value = ConfigSynonyms.inTopicUnit(strongest.name(), value);
        return new EffectiveSetting(key, value, strongest.source(), found);
    }

    private static boolean nobodySet(List<Synonym> found) {
        return found.stream().allMatch(one -> one.source() == ConfigSource.DEFAULT_CONFIG);
    }

    private boolean wantsTwoInSync(ConfigKey key, ConfigResource resource) {
        if (resource.type() != ConfigResource.Type.TOPIC) return false;
        if (!key.name().equals(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)) return false;
        return image.topic(resource.name())
                .filter(topic -> replicationFactor(topic) >= REPLICAS_FOR_TWO_IN_SYNC)
                .isPresent();
    }

    /// As the creator of the topic, or who moved it last, wanted it.
    private static int replicationFactor(TopicImage topic) {
        if (topic.partitions().isEmpty()) return 0;
        PartitionImage first = topic.partitions().getFirst();
        return first.replicas().size() - first.removing().size();
    }

    private EffectiveSetting nodeSetting(ConfigKey key) {
        List<Synonym> found = new ArrayList<>();
        collectFromNode(found, key.synonyms());
        // Stronger names of the same thing do not decide what this one is: `log.retention.hours` stays what was set.
        while (!found.isEmpty() && !found.getFirst().name().equals(key.name())) found.removeFirst();
        if (found.isEmpty())
            return new EffectiveSetting(key, shown(key, key.defaultValue()), ConfigSource.DEFAULT_CONFIG, List.of());
        Synonym strongest = found.getFirst();
        return new EffectiveSetting(key, strongest.value(), strongest.source(), found);
    }

    private void collectFromNode(List<Synonym> found, List<String> names) {
        collect(found, names, dynamicNode, ConfigSource.DYNAMIC_BROKER_CONFIG);
        collect(found, names, dynamicAllNodes, ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        collect(found, names, staticNode, ConfigSource.STATIC_BROKER_CONFIG);
        for (String name : names) {
            ConfigKey key = catalog.find(ConfigResource.Type.BROKER, name).orElse(null);
            if (key != null && key.defaultValue() != null)
                found.add(new Synonym(name, shown(key, key.defaultValue()), ConfigSource.DEFAULT_CONFIG));
        }
    }

    private void collect(List<Synonym> found, List<String> names, Map<String, String> layer, ConfigSource source) {
        for (String name : names) {
            String value = layer.get(name);
            if (value != null) found.add(new Synonym(name, isSensitive(name) ? null : value, source));
        }
    }

    private boolean isSensitive(String nodeSetting) {
        return catalog.find(ConfigResource.Type.BROKER, nodeSetting)
                .map(ConfigKey::sensitive)
                .orElse(false);
    }

    private static @Nullable String shown(ConfigKey key, @Nullable String value) {
        return key.sensitive() ? null : value;
    }

    private static ConfigSource ownSource(ConfigResource resource) {
        return switch (resource.type()) {
            case TOPIC -> ConfigSource.TOPIC_CONFIG;
            case GROUP -> ConfigSource.GROUP_CONFIG;
            case BROKER, BROKER_LOGGER, CLIENT_METRICS, UNKNOWN ->
                throw new IllegalArgumentException("nothing is inherited by " + resource);
        };
    }
}
