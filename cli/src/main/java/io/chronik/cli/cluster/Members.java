package io.chronik.cli.cluster;

import io.chronik.cli.client.Answers;
import io.chronik.cli.output.Failure;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/// All registered nodes in the order of their ids, fenced ones too, and who controls them: null while nobody does.
public record Members(String clusterId, @Nullable Integer controller, List<Node> nodes) {
    public static Members of(Admin admin) {
        DescribeClusterResult answer = admin.describeCluster(new DescribeClusterOptions().includeFencedBrokers(true));
        if (isUnsupported(answer)) {
            answer = admin.describeCluster();
        }
        Node elected = Answers.await(answer.controller());
        return new Members(
                Answers.await(answer.clusterId()),
                elected == null || elected.isEmpty() ? null : Integer.valueOf(elected.id()),
                Answers.await(answer.nodes()).stream()
                        .sorted(Comparator.comparingInt(Node::id))
                        .toList());
    }

    /// Whether the cluster is too old to speak of fenced nodes.
    private static boolean isUnsupported(DescribeClusterResult answer) {
        try {
            var _ = answer.clusterId().get();
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof UnsupportedVersionException;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }

    /// The nodes that are not fenced.
    public List<Node> active() {
        return nodes.stream().filter(node -> !node.isFenced()).toList();
    }
}
