package io.chronik.metadata.config;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Names for the same thing: the node's settings that give a topic or a group its default, strongest first, and node
/// settings of one meaning in several units.
final class ConfigSynonyms {
    private static final List<String> RETENTION =
            List.of("log.retention.ms", "log.retention.minutes", "log.retention.hours");
    private static final List<String> ROLL = List.of("log.roll.ms", "log.roll.hours");
    private static final List<String> ROLL_JITTER = List.of("log.roll.jitter.ms", "log.roll.jitter.hours");
    private static final List<String> FLUSH = List.of("log.flush.interval.ms", "log.flush.scheduler.interval.ms");

    private static final Map<String, List<String>> OF_TOPIC_OR_GROUP = Map.ofEntries(
            Map.entry("chronik.durability", List.of("chronik.durability")),
            Map.entry("cleanup.policy", List.of("log.cleanup.policy")),
            Map.entry("compression.gzip.level", List.of("compression.gzip.level")),
            Map.entry("compression.lz4.level", List.of("compression.lz4.level")),
            Map.entry("compression.type", List.of("compression.type")),
            Map.entry("compression.zstd.level", List.of("compression.zstd.level")),
            Map.entry("delete.retention.ms", List.of("log.cleaner.delete.retention.ms")),
            Map.entry("file.delete.delay.ms", List.of("log.segment.delete.delay.ms")),
            Map.entry("flush.messages", List.of("log.flush.interval.messages")),
            Map.entry("flush.ms", FLUSH),
            Map.entry("index.interval.bytes", List.of("log.index.interval.bytes")),
            Map.entry("local.retention.bytes", List.of("log.local.retention.bytes")),
            Map.entry("local.retention.ms", List.of("log.local.retention.ms")),
            Map.entry("max.compaction.lag.ms", List.of("log.cleaner.max.compaction.lag.ms")),
            Map.entry("max.decompressed.message.bytes", List.of("max.decompressed.message.bytes")),
            Map.entry("max.message.bytes", List.of("message.max.bytes")),
            Map.entry("message.timestamp.after.max.ms", List.of("log.message.timestamp.after.max.ms")),
            Map.entry("message.timestamp.before.max.ms", List.of("log.message.timestamp.before.max.ms")),
            Map.entry("message.timestamp.type", List.of("log.message.timestamp.type")),
            Map.entry("min.cleanable.dirty.ratio", List.of("log.cleaner.min.cleanable.ratio")),
            Map.entry("min.compaction.lag.ms", List.of("log.cleaner.min.compaction.lag.ms")),
            Map.entry("min.insync.replicas", List.of("min.insync.replicas")),
            Map.entry("preallocate", List.of("log.preallocate")),
            Map.entry("remote.copy.lag.bytes", List.of("log.remote.copy.lag.bytes")),
            Map.entry("remote.copy.lag.ms", List.of("log.remote.copy.lag.ms")),
            Map.entry("retention.bytes", List.of("log.retention.bytes")),
            Map.entry("retention.ms", RETENTION),
            Map.entry("segment.bytes", List.of("log.segment.bytes")),
            Map.entry("segment.index.bytes", List.of("log.index.size.max.bytes")),
            Map.entry("segment.jitter.ms", ROLL_JITTER),
            Map.entry("segment.ms", ROLL),
            Map.entry("unclean.leader.election.enable", List.of("unclean.leader.election.enable")),
            Map.entry("consumer.assignment.interval.ms", List.of("group.consumer.assignment.interval.ms")),
            Map.entry("consumer.heartbeat.interval.ms", List.of("group.consumer.heartbeat.interval.ms")),
            Map.entry("consumer.session.timeout.ms", List.of("group.consumer.session.timeout.ms")),
            Map.entry("share.assignment.interval.ms", List.of("group.share.assignment.interval.ms")),
            Map.entry("share.delivery.count.limit", List.of("group.share.delivery.count.limit")),
            Map.entry("share.heartbeat.interval.ms", List.of("group.share.heartbeat.interval.ms")),
            Map.entry("share.partition.max.record.locks", List.of("group.share.partition.max.record.locks")),
            Map.entry("share.record.lock.duration.ms", List.of("group.share.record.lock.duration.ms")),
            Map.entry("share.session.timeout.ms", List.of("group.share.session.timeout.ms")),
            Map.entry("streams.assignment.interval.ms", List.of("group.streams.assignment.interval.ms")),
            Map.entry("streams.heartbeat.interval.ms", List.of("group.streams.heartbeat.interval.ms")),
            Map.entry("streams.initial.rebalance.delay.ms", List.of("group.streams.initial.rebalance.delay.ms")),
            Map.entry("streams.num.standby.replicas", List.of("group.streams.num.standby.replicas")),
            Map.entry("streams.rack.aware.assignment.tags", List.of("group.streams.rack.aware.assignment.tags")),
            Map.entry("streams.session.timeout.ms", List.of("group.streams.session.timeout.ms")));

    private ConfigSynonyms() {}

    static List<String> of(String name, boolean topicOrGroup) {
        if (topicOrGroup) return OF_TOPIC_OR_GROUP.getOrDefault(name, List.of());
        for (List<String> family : List.of(RETENTION, ROLL, ROLL_JITTER)) {
            if (family.contains(name)) return family;
        }
        return name.equals(FLUSH.getFirst()) ? FLUSH : List.of(name);
    }

    /// `value` of the setting `name` in the unit of its topic setting: hours and minutes become milliseconds.
    static String inTopicUnit(String name, String value) {
        if (name.endsWith(".hours")) return String.valueOf(millis(TimeUnit.HOURS, value));
        if (name.endsWith(".minutes")) return String.valueOf(millis(TimeUnit.MINUTES, value));
        return value;
    }

    /// -1 hours is no limit, as -1 ms is.
    private static long millis(TimeUnit unit, String value) {
        long count = Long.parseLong(value.strip());
        return count < 0 ? -1 : unit.toMillis(count);
    }
}
