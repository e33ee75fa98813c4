package io.chronik.server.config;

import io.chronik.metadata.config.ConfigKey;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.metadata.config.Treatment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigResource;

/// Looks at each setting by itself: is the name known, is the value possible, does it have an effect, may it be
/// ignored.
/// Keeps what is good in `accepted`, and collects problems and notices.
final class SettingsCheck {
    private static final Pattern OF_ONE_LISTENER = Pattern.compile("listener\\.name\\.[^.]+\\.(.+)");
    private static final Map<String, String> OTHER_NAMES =
            Map.of("insecure.listener.allow", "chronik.insecure.listener.allow");
    private static final String REMOVED = "Kafka 4 no longer has it";
    private static final Map<String, String> GONE = Map.ofEntries(
            Map.entry("zookeeper.connect", "Chronik needs no ZooKeeper"),
            Map.entry("zookeeper.connection.timeout.ms", "Chronik needs no ZooKeeper"),
            Map.entry("zookeeper.session.timeout.ms", "Chronik needs no ZooKeeper"),
            Map.entry("inter.broker.protocol.version", REMOVED),
            Map.entry("log.message.format.version", REMOVED),
            Map.entry("log.message.downconversion.enable", REMOVED),
            Map.entry("log.message.timestamp.difference.max.ms", REMOVED),
            Map.entry("offsets.commit.required.acks", REMOVED),
            Map.entry("broker.id.generation.enable", REMOVED),
            Map.entry("reserved.broker.max.id", REMOVED),
            Map.entry("leader.imbalance.per.broker.percentage", REMOVED),
            Map.entry("create.topics", "make topics with chronik topic create"));
    private static final Map<String, String> PLUG_IN_SECURITY = Map.of(
            "super.users", "Chronik has no authorization yet; remove it",
            "allow.everyone.if.no.acl.found", "Chronik has no authorization yet; remove it");

    private final KafkaConfigCatalog catalog;
    private final boolean unknownIsAProblem;
    private final TreeMap<String, Setting> accepted = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();

    SettingsCheck(KafkaConfigCatalog catalog, boolean unknownIsAProblem) {
        this.catalog = catalog;
        this.unknownIsAProblem = unknownIsAProblem;
    }

    /// The name under which a setting is kept: some have an older or shorter one.
    static String keptName(String name) {
        return OTHER_NAMES.getOrDefault(name, name);
    }

    void look(Setting setting) {
        Optional<ConfigKey> key = catalog.find(ConfigResource.Type.BROKER, setting.name());
        if (key.isPresent()) lookAtKnown(setting, key.get());
        else if (GONE.containsKey(setting.name())) ignore(setting.name(), GONE.get(setting.name()));
        else if (PLUG_IN_SECURITY.containsKey(setting.name())) refuse(setting, PLUG_IN_SECURITY.get(setting.name()));
        else lookAtUnknown(setting);
    }

    private void lookAtKnown(Setting setting, ConfigKey key) {
        if (setting.value().isBlank() && key.defaultValue() == null) return; // As if it was not there.
        Optional<String> wrong = catalog.valueProblem(ConfigResource.Type.BROKER, key.name(), setting.value());
        if (wrong.isPresent()) {
            problems.add(wrong.get() + " (" + setting.origin() + ")");
            return;
        }
        boolean changesNothing = setting.value().strip().equals(key.defaultValue());
        switch (catalog.treatment(ConfigResource.Type.BROKER, key.name()).orElseThrow()) {
            case Treatment.Honoured() -> {}
            case Treatment.Ignored(String reason) -> ignore(key.name(), reason);
            case Treatment.Refused(String advice) -> {
                if (!changesNothing && !setting.value().isBlank()) refuse(setting, advice);
            }
        }
        accepted.put(key.name(), setting);
    }

    private void lookAtUnknown(Setting setting) {
        Matcher ofOneListener = OF_ONE_LISTENER.matcher(setting.name());
        if (ofOneListener.matches()) {
            lookAtListenerSetting(setting, ofOneListener.group(1));
            return;
        }
        String line = "Unknown setting " + setting.name() + " (" + setting.origin() + ")" + meant(setting.name());
        if (unknownIsAProblem) problems.add(line + "; correct or remove it, or set config.unknown=warn");
        else notices.add(line + "; skipped");
    }

    private void lookAtListenerSetting(Setting setting, String base) {
        if (base.contains("sasl.")) refuse(setting, "Chronik has no SASL yet; remove it");
        else if (base.startsWith("ssl.")) refuse(setting, "Chronik has no TLS yet; remove it");
        else if (base.equals("principal.builder.class"))
            refuse(setting, "Chronik has no authentication yet; remove it");
        else ignore(setting.name(), "settings of single listeners are not available yet");
    }

    private String meant(String name) {
        List<String> asTopicSetting = catalog.find(ConfigResource.Type.TOPIC, name)
                .map(ConfigKey::synonyms)
                .orElse(List.of());
        if (!asTopicSetting.isEmpty())
            return ": it belongs to topics; did you mean " + asTopicSetting.getFirst() + ", the node's default for it?";
        List<String> names = catalog.keys(ConfigResource.Type.BROKER).stream()
                .map(ConfigKey::name)
                .toList();
        return Suggestion.closest(name.toLowerCase(Locale.ROOT), names)
                .map(closest -> ": did you mean " + closest + "?")
                .orElse("");
    }

    private void ignore(String name, String reason) {
        notices.add(name + " is ignored" + (reason.isEmpty() ? "" : ": " + withoutFullStop(reason)));
    }

    private void refuse(Setting setting, String advice) {
        problems.add(setting.name() + " (" + setting.origin() + "): " + advice);
    }

    private static String withoutFullStop(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    Map<String, Setting> accepted() {
        return accepted;
    }

    List<String> problems() {
        return problems;
    }

    List<String> notices() {
        return notices;
    }
}
