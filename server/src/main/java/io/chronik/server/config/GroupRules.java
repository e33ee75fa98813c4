package io.chronik.server.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What a group's timeouts must keep to: the node's bounds (`group.consumer.min.session.timeout.ms` and so on), and a
/// heartbeat more often than the session ends. The group coordinator does not start with less.
final class GroupRules {
    private static final List<String> BOUNDED = List.of(
            "consumer.session.timeout.ms",
            "consumer.heartbeat.interval.ms",
            "consumer.assignment.interval.ms",
            "share.session.timeout.ms",
            "share.heartbeat.interval.ms",
            "share.assignment.interval.ms",
            "share.record.lock.duration.ms",
            "share.delivery.count.limit",
            "share.partition.max.record.locks",
            "streams.session.timeout.ms",
            "streams.heartbeat.interval.ms",
            "streams.assignment.interval.ms");
    private static final List<String> KINDS = List.of("consumer", "share", "streams");

    private GroupRules() {}

    /// What is wrong with the node's own settings.
    static void check(NodeSettings node, List<String> problems) {
        for (String name : BOUNDED) {
            if (node.number(bound(name, "min")) > node.number(bound(name, "max")))
                problems.add(bound(name, "min") + " is larger than " + bound(name, "max") + "; exchange them");
            else
                outside(name, node.number("group." + name), node)
                        .ifPresent(wrong -> problems.add("group." + name + " " + wrong));
        }
        for (String kind : KINDS) {
            String heartbeat = "group." + kind + ".heartbeat.interval.ms";
            String session = "group." + kind + ".session.timeout.ms";
            if (node.number(heartbeat) >= node.number(session))
                problems.add(heartbeat + " must be less than " + session + "; lower it");
        }
        if (node.number("group.min.session.timeout.ms") > node.number("group.max.session.timeout.ms"))
            problems.add("group.min.session.timeout.ms is larger than group.max.session.timeout.ms; exchange them");
    }

    /// Why a group can not have these settings; `value` gives those in force if it had them.
    static Optional<String> problem(Function<String, String> value, NodeSettings node) {
        for (String name : BOUNDED) {
            Optional<String> wrong =
                    outside(name, Long.parseLong(value.apply(name).strip()), node);
            if (wrong.isPresent()) return Optional.of(name + " " + wrong.get());
        }
        for (String kind : KINDS) {
            long heartbeat =
                    Long.parseLong(value.apply(kind + ".heartbeat.interval.ms").strip());
            if (heartbeat
                    >= Long.parseLong(value.apply(kind + ".session.timeout.ms").strip()))
                return Optional.of(kind + ".heartbeat.interval.ms must be less than " + kind + ".session.timeout.ms");
        }
        return Optional.empty();
    }

    private static Optional<String> outside(String name, long value, NodeSettings node) {
        if (value < node.number(bound(name, "min")))
            return Optional.of("must be greater than or equal to " + bound(name, "min"));
        if (value > node.number(bound(name, "max")))
            return Optional.of("must be less than or equal to " + bound(name, "max"));
        return Optional.empty();
    }

    /// `consumer.session.timeout.ms` is bounded by `group.consumer.min.session.timeout.ms`.
    private static String bound(String name, String which) {
        int dot = name.indexOf('.');
        return "group." + name.substring(0, dot) + "." + which + name.substring(dot);
    }
}
