package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.TopicImage;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.config.ConfigKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Changes of the settings of several resources. All of a resource's changes happen, or none.
final class ConfigAlteration {
    /// Of one node only.
    static final String DRAIN = "chronik.node.drain";

    private final ControllerSettings settings;
    private final ConfigCatalog catalog;
    private final List<Command> commands = new ArrayList<>();
    private ClusterImage image;

    ConfigAlteration(ClusterImage image, ControllerSettings settings, ConfigCatalog catalog) {
        this.image = image;
        this.settings = settings;
        this.catalog = catalog;
    }

    List<Command> commands() {
        return commands;
    }

    /// What `resource` has now.
    Map<String, String> current(ConfigResource resource) {
        return image.configOf(resource);
    }

    /// The default of a setting, for what is appended to it. Empty when it has none.
    Optional<ConfigKey> key(ConfigResource resource, String name) {
        return catalog.find(resource.type(), name);
    }

    /// The kinds of resource that have settings, by the number they have on the wire.
    static ConfigResource resource(byte type, String name) {
        ConfigResource.Type known = ConfigResource.Type.forId(type);
        return switch (known) {
            case TOPIC, BROKER, GROUP -> new ConfigResource(known, name);
            case BROKER_LOGGER, CLIENT_METRICS, UNKNOWN ->
                throw new InvalidRequestException(
                        known == ConfigResource.Type.UNKNOWN
                                ? "Unknown resource type " + type
                                : "Unexpected resource type " + known + ".");
        };
    }

    /// Sets and removes, once all of it has been checked.
    ///
    /// @throws org.apache.kafka.common.errors.ApiException with the code for the client; then nothing has changed
    void alter(ConfigResource resource, SortedMap<String, String> set, List<String> removed) {
        checkName(resource);
        checkChangeable(resource, set, removed);
        set.forEach((name, value) -> checkSetting(resource, name, value));
        checkExists(resource);
        SortedMap<String, String> changed = new TreeMap<>(set);
        List<String> gone = new ArrayList<>(removed);
        Map<String, String> current = current(resource);
        changed.entrySet().removeIf(entry -> entry.getValue().equals(current.get(entry.getKey())));
        gone.removeIf(name -> !current.containsKey(name));
        if (changed.isEmpty() && gone.isEmpty()) return;
        add(new Command.SetConfig(resource, changed, gone.stream().sorted().toList()));
        if (changed.containsKey(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG)) electLeaderless(resource);
        boolean ofNode = resource.type() == ConfigResource.Type.BROKER
                && !resource.name().isEmpty();
        if (ofNode && (changed.containsKey(DRAIN) || gone.contains(DRAIN))) {
            drain(resource, "true".equalsIgnoreCase(changed.get(DRAIN)));
        }
    }

    /// The setting of one node is the way to ask for it; the node's state is what it has become.
    private void drain(ConfigResource node, boolean draining) {
        add(new Command.DrainNode(nodeId(node.name()), draining));
    }

    private void add(Command command) {
        commands.add(command);
        image = image.apply(command);
    }

    /// Who allows unclean elections wants one now, for the partitions that wait for it.
    private void electLeaderless(ConfigResource resource) {
        List<TopicImage> concerned = resource.type() == ConfigResource.Type.TOPIC
                ? image.topic(resource.name()).stream().toList()
                : List.copyOf(new TreeMap<>(image.topicsByName()).values());
        new PartitionElections(image, UncleanElection.allowed(catalog, image, settings))
                .forLeaderless(concerned)
                .forEach(this::add);
    }

    private void checkSetting(ConfigResource resource, String name, String value) {
        Optional<String> problem = ConfigCheck.problem(catalog, resource.type(), name, value);
        if (problem.isPresent()) throw new InvalidConfigurationException(problem.get());
    }

    private void checkChangeable(ConfigResource resource, SortedMap<String, String> set, List<String> removed) {
        List<String> fixed = new ArrayList<>();
        for (String name : set.keySet()) if (isReadOnly(resource, name)) fixed.add(name);
        for (String name : removed) if (isReadOnly(resource, name)) fixed.add(name);
        if (!fixed.isEmpty()) {
            throw new InvalidRequestException(
                    "Cannot update these configs dynamically: Set(" + String.join(", ", fixed) + ")");
        }
    }

    private boolean isReadOnly(ConfigResource resource, String name) {
        return key(resource, name).map(ConfigKey::readOnly).orElse(false);
    }

    private static void checkName(ConfigResource resource) {
        switch (resource.type()) {
            case TOPIC -> {
                if (resource.name().isEmpty()) {
                    throw new InvalidRequestException("Default topic resources are not allowed.");
                }
            }
            case GROUP -> {
                if (resource.name().isEmpty()) {
                    throw new InvalidRequestException("Default group resources are not allowed.");
                }
            }
            case BROKER, BROKER_LOGGER, CLIENT_METRICS, UNKNOWN -> {}
        }
    }

    private void checkExists(ConfigResource resource) {
        if (resource.type() == ConfigResource.Type.TOPIC
                && image.topic(resource.name()).isEmpty()) {
            throw new UnknownTopicOrPartitionException("The topic '" + resource.name() + "' does not exist.");
        }
        if (resource.type() == ConfigResource.Type.BROKER && !resource.name().isEmpty()) {
            int nodeId = nodeId(resource.name());
            if (image.node(nodeId).isEmpty()) {
                throw new BrokerIdNotRegisteredException("No node with id " + nodeId + " found.");
            }
        }
    }

    private static int nodeId(String name) {
        try {
            return Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new InvalidRequestException("Invalid broker name " + name, e);
        }
    }
}
