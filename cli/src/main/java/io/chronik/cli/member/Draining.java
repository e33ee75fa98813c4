package io.chronik.cli.member;

import io.chronik.cli.client.Answers;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;

/// The wish that a node shall hold nothing. Kafka has no request for it, so it is a setting of the node: visible to
/// every tool, kept over restarts, and carried out by the controller.
final class Draining {
    static final String SETTING = "chronik.node.drain";

    private Draining() {}

    /// Those of `nodes` that are to be drained. A node that does not answer counts as not draining.
    static Set<Integer> among(Admin admin, Collection<Integer> nodes) {
        Set<Integer> draining = new HashSet<>();
        if (nodes.isEmpty()) {
            return draining;
        }
        List<ConfigResource> resources = nodes.stream().map(Draining::resource).toList();
        Map<ConfigResource, KafkaFuture<Config>> answers =
                admin.describeConfigs(resources).values();
        answers.forEach((resource, answer) -> {
            if (isOn(answer)) {
                draining.add(Integer.valueOf(resource.name()));
            }
        });
        return draining;
    }

    private static boolean isOn(KafkaFuture<Config> answer) {
        try {
            ConfigEntry entry = answer.get().get(SETTING);
            return entry != null && "true".equals(entry.value());
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// The request goes to the node itself: it must be alive.
    static void set(Admin admin, int node, boolean on) {
        AlterConfigOp change = new AlterConfigOp(
                new ConfigEntry(SETTING, on ? "true" : ""),
                on ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE);
        Answers.await(admin.incrementalAlterConfigs(Map.of(resource(node), List.of(change)))
                .all());
    }

    private static ConfigResource resource(int node) {
        return new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(node));
    }
}
