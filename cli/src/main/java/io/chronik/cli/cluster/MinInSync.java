package io.chronik.cli.cluster;

import io.chronik.cli.client.Answers;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/// How many replicas in sync acks=all needs.
public final class MinInSync {
    private MinInSync() {}

    /// The min.insync.replicas of each of `topics`, its defaults resolved by the cluster.
    public static Map<String, Integer> of(Admin admin, Collection<String> topics) {
        if (topics.isEmpty()) {
            return Map.of();
        }
        List<ConfigResource> resources = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        Map<String, Integer> known = new HashMap<>();
        Answers.await(admin.describeConfigs(resources).all()).forEach((resource, config) -> {
            ConfigEntry entry = config.get("min.insync.replicas");
            if (entry != null && entry.value() != null) {
                known.put(resource.name(), Integer.valueOf(entry.value()));
            }
        });
        return known;
    }
}
