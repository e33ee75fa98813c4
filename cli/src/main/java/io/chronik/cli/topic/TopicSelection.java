package io.chronik.cli.topic;

import io.chronik.cli.client.Answers;
import io.chronik.cli.output.Failure;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicListing;

/// Which topics a command means: exact names, or all topics whose whole name matches one of the expressions.
final class TopicSelection {
    private TopicSelection() {}

    /// The names as given, or with `regex` the sorted names of existing topics that match any of them. Internal topics
    /// only match when `internal` is set. Nothing matching is a failure: the person expected something.
    static List<String> names(Admin admin, List<String> given, boolean regex, boolean internal) {
        if (!regex) {
            return given.stream().distinct().toList();
        }
        List<Pattern> patterns = patterns(given);
        List<String> names = listings(admin, internal).stream()
                .map(TopicListing::name)
                .filter(name -> matches(patterns, name))
                .sorted()
                .toList();
        if (names.isEmpty()) {
            throw new Failure("no topic matches " + String.join(", ", given));
        }
        return names;
    }

    static Collection<TopicListing> listings(Admin admin, boolean internal) {
        return Answers.await(
                admin.listTopics(new ListTopicsOptions().listInternal(internal)).listings());
    }

    static List<Pattern> patterns(List<String> expressions) {
        try {
            return expressions.stream().map(Pattern::compile).toList();
        } catch (PatternSyntaxException e) {
            throw new Failure("not a regular expression: " + e.getPattern() + ": " + e.getDescription(), e);
        }
    }

    static boolean matches(List<Pattern> patterns, String name) {
        return patterns.isEmpty()
                || patterns.stream().anyMatch(p -> p.matcher(name).matches());
    }
}
