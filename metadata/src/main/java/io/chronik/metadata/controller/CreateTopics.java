package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.ImageSnapshot;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.config.EffectiveSetting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/// CreateTopics. Each topic of a request succeeds or fails by itself, and sees those before it.
public final class CreateTopics {
    /// Of all topics of one request together: more would be a batch too large for the log.
    public static final int MAX_PARTITIONS_PER_REQUEST = 100_000;

    private static final int DEFAULT = -1;
    private static final int MAX_DEFAULT_REPLICATION_FACTOR = 3;

    private final ControllerSettings settings;
    private final ConfigCatalog catalog;
    private final Map<String, String> namesByCollision;
    private final List<Command> commands = new ArrayList<>();
    private ClusterImage image;

    private CreateTopics(ClusterImage image, ControllerSettings settings, ConfigCatalog catalog) {
        this.image = image;
        this.settings = settings;
        this.catalog = catalog;
        this.namesByCollision = new HashMap<>();
    }

    /// `ids` gives the new topics' ids, random ones; places follow from them.
    public static Decision<CreateTopicsResponseData> decide(
            CreateTopicsRequestData request,
            ClusterImage image,
            ControllerSettings settings,
            ConfigCatalog catalog,
            Supplier<Uuid> ids) {
        return new CreateTopics(image, settings, catalog).decide(request, ids);
    }

    private Decision<CreateTopicsResponseData> decide(CreateTopicsRequestData request, Supplier<Uuid> ids) {
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        boolean tooMany = totalPartitions(request) > MAX_PARTITIONS_PER_REQUEST;
        indexCollisions(request);
        Set<String> repeated = repeatedNames(request);
        for (String name : repeated) {
            response.topics().add(failed(name, new InvalidRequestException("Duplicate topic name.")));
        }
        for (CreatableTopic topic : request.topics()) {
            if (repeated.contains(topic.name())) continue;
            try {
                if (tooMany) {
                    throw new PolicyViolationException("Excessively large number of partitions per request.");
                }
                response.topics().add(create(topic, ids.get()));
            } catch (ApiException refused) {
                response.topics().add(failed(topic.name(), refused));
            }
        }
        return new Decision<>(request.validateOnly() ? List.of() : commands, response);
    }

    private CreatableTopicResult create(CreatableTopic topic, Uuid id) {
        checkName(topic.name());
        SortedMap<String, String> configs = configs(topic);
        List<PartitionImage> partitions = partitions(topic, id);
        ImageSnapshot.create(topic.name(), id, partitions, configs, this::add);
        if (Topic.hasCollisionChars(topic.name())) {
            namesByCollision.put(Topic.unifyCollisionChars(topic.name()), topic.name());
        }
        return new CreatableTopicResult()
                .setName(topic.name())
                .setTopicId(id)
                .setErrorCode(Errors.NONE.code())
                .setErrorMessage(null)
                .setNumPartitions(partitions.size())
                .setReplicationFactor((short) partitions.getFirst().replicas().size())
                .setConfigs(effectiveConfigs(topic.name()));
    }

    /// Sorted by name (KIP-525).
    private List<CreatableTopicConfigs> effectiveConfigs(String topic) {
        List<CreatableTopicConfigs> configs = new ArrayList<>();
        for (EffectiveSetting setting : settings.effective(catalog, image).topic(topic)) {
            configs.add(new CreatableTopicConfigs()
                    .setName(setting.key().name())
                    .setValue(setting.value())
                    .setReadOnly(setting.key().readOnly())
                    .setIsSensitive(setting.key().sensitive())
                    .setConfigSource(setting.source().id()));
        }
        return configs;
    }

    private void add(Command command) {
        commands.add(command);
        image = image.apply(command);
    }

    private void checkName(String name) {
        if (name.equals(Topic.CLUSTER_METADATA_TOPIC_NAME)) {
            throw new TopicAuthorizationException(Errors.TOPIC_AUTHORIZATION_FAILED.message());
        }
        Topic.validate(name);
        if (image.topic(name).isPresent()) throw new TopicExistsException("Topic '" + name + "' already exists.");
        String colliding = namesByCollision.get(Topic.unifyCollisionChars(name));
        if (Topic.hasCollisionChars(name) && colliding != null) {
            throw new InvalidTopicException("Topic '" + name + "' collides with existing topic: " + colliding);
        }
    }

    private SortedMap<String, String> configs(CreatableTopic topic) {
        SortedMap<String, String> configs = new TreeMap<>();
        List<String> withoutValue = new ArrayList<>();
        for (CreatableTopicConfig config : topic.configs()) {
            if (config.value() == null) {
                withoutValue.add(config.name());
            } else {
                configs.put(config.name(), config.value());
            }
        }
        if (!withoutValue.isEmpty()) {
            throw new InvalidConfigurationException(
                    "Null value not supported for topic configs: " + String.join(",", withoutValue));
        }
        configs.forEach(this::checkConfig);
        return configs;
    }

    private void checkConfig(String name, String value) {
        Optional<String> problem = ConfigCheck.problem(catalog, ConfigResource.Type.TOPIC, name, value);
        if (problem.isPresent()) throw new InvalidConfigurationException(problem.get());
    }

    private List<PartitionImage> partitions(CreatableTopic topic, Uuid id) {
        if (!topic.assignments().isEmpty()) return assigned(topic);
        if (topic.replicationFactor() < DEFAULT || topic.replicationFactor() == 0) {
            throw new InvalidReplicationFactorException(
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        if (topic.numPartitions() < DEFAULT || topic.numPartitions() == 0) {
            throw new InvalidPartitionsException("Number of partitions was set to an invalid non-positive value.");
        }
        int count = topic.numPartitions() == DEFAULT ? settings.numPartitions() : topic.numPartitions();
        int replicationFactor =
                topic.replicationFactor() == DEFAULT ? defaultReplicationFactor() : topic.replicationFactor();
        try {
            return new NewPartitions(image).placed(0, count, replicationFactor, id.getMostSignificantBits());
        } catch (InvalidReplicationFactorException tooFew) {
            throw new InvalidReplicationFactorException(
                    "Unable to replicate the partition " + replicationFactor + " time(s): " + tooFew.getMessage());
        }
    }

    private int defaultReplicationFactor() {
        if (settings.replicationFactor() != ControllerSettings.ALL_UP_TO_THREE) return settings.replicationFactor();
        long live =
                image.nodes().values().stream().filter(NodeImage::mayJoinIsr).count();
        return Math.clamp(live, 1, MAX_DEFAULT_REPLICATION_FACTOR);
    }

    private List<PartitionImage> assigned(CreatableTopic topic) {
        if (topic.replicationFactor() != DEFAULT) {
            throw new InvalidRequestException(
                    "A manual partition assignment was specified, but replication factor was not set to -1.");
        }
        if (topic.numPartitions() != DEFAULT) {
            throw new InvalidRequestException(
                    "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }
        NewPartitions fresh = new NewPartitions(image);
        SortedMap<Integer, PartitionImage> byIndex = new TreeMap<>();
        int replicationFactor =
                topic.assignments().iterator().next().brokerIds().size();
        for (CreatableReplicaAssignment assignment : topic.assignments()) {
            int index = assignment.partitionIndex();
            PartitionImage partition = fresh.assigned(index, assignment.brokerIds(), replicationFactor);
            if (byIndex.put(index, partition) != null) {
                throw new InvalidReplicaAssignmentException(
                        "Found multiple manual partition assignments for partition " + index);
            }
        }
        if (byIndex.firstKey() != 0 || byIndex.lastKey() != byIndex.size() - 1) {
            throw new InvalidReplicaAssignmentException("partitions should be a consecutive 0-based integer sequence");
        }
        return List.copyOf(byIndex.values());
    }

    private long totalPartitions(CreateTopicsRequestData request) {
        long total = 0;
        for (CreatableTopic topic : request.topics()) {
            if (!topic.assignments().isEmpty()) {
                total += topic.assignments().size();
            } else {
                total += topic.numPartitions() == DEFAULT
                        ? settings.numPartitions()
                        : Math.max(0, topic.numPartitions());
            }
        }
        return total;
    }

    /// `.` and `_` are the same character in the names of metrics, so only one of `a.b` and `a_b` can exist.
    private void indexCollisions(CreateTopicsRequestData request) {
        if (request.topics().stream().noneMatch(topic -> Topic.hasCollisionChars(topic.name()))) return;
        for (String name : image.topicsByName().keySet()) {
            if (Topic.hasCollisionChars(name)) namesByCollision.put(Topic.unifyCollisionChars(name), name);
        }
    }

    private static Set<String> repeatedNames(CreateTopicsRequestData request) {
        Set<String> seen = new HashSet<>();
        Set<String> repeated = new LinkedHashSet<>();
        for (CreatableTopic topic : request.topics()) {
            if (!seen.add(topic.name())) repeated.add(topic.name());
        }
        return repeated;
    }

    private static CreatableTopicResult failed(String name, ApiException refused) {
        ApiError error = ApiError.fromThrowable(refused);
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }
}
