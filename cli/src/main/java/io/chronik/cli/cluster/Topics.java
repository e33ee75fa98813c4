package io.chronik.cli.cluster;

import io.chronik.cli.client.Answers;
import java.util.Collection;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;

/// What the cluster says about all of its topics.
public final class Topics {
    private Topics() {}

    /// Internal ones too. One that is deleted meanwhile fails the call.
    public static Collection<TopicDescription> all(Admin admin) {
        Collection<String> names = Answers.await(
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
        return Answers.await(admin.describeTopics(names).allTopicNames()).values();
    }
}
