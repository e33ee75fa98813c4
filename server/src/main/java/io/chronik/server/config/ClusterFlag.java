package io.chronik.server.config;

import io.chronik.metadata.config.ListValue;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// `--cluster` says where every node is, so it says where this one listens too.
final class ClusterFlag {
    private static final String INTERNAL = "chronik.internal.listener";

    private ClusterFlag() {}

    /// The internal address of this node as `--cluster` has it, when nothing else says where that is. `before` are the
    /// settings of weaker places. Whether the list makes sense is checked with the other settings.
    static Optional<HostPort> ownAddress(StartFlags flags, Map<String, Setting> before) {
        if (flags.cluster() == null || flags.internal() != null || before.containsKey(INTERNAL))
            return Optional.empty();
        if (hasControllerListener(before)) return Optional.empty();
        String id = flags.nodeId() != null ? flags.nodeId().toString() : value(before, "node.id", "1");
        int offset =
                flags.portOffset() != null ? flags.portOffset() : number(value(before, "chronik.port.offset", "0"));
        return ListValue.elements(flags.cluster()).stream()
                .filter(element -> element.startsWith(id + "@"))
                .findFirst()
                .flatMap(element -> HostPort.parse(element.substring(id.length() + 1)))
                // What others connect to is the port with the offset, and it is added to what is set.
                .filter(address -> address.port() - offset > 0)
                .map(address -> new HostPort(address.host(), address.port() - offset));
    }

    private static boolean hasControllerListener(Map<String, Setting> before) {
        List<String> names = ListValue.elements(value(before, "controller.listener.names", "CONTROLLER")).stream()
                .map(name -> name.toUpperCase(Locale.ROOT))
                .toList();
        return ListValue.elements(value(before, "listeners", "")).stream()
                .map(element -> element.substring(0, Math.max(0, element.indexOf("://"))))
                .anyMatch(name -> names.contains(name.toUpperCase(Locale.ROOT)));
    }

    private static String value(Map<String, Setting> settings, String name, String otherwise) {
        Setting setting = settings.get(name);
        return setting == null ? otherwise : setting.value().strip();
    }

    /// 0 for what is no number: the check of the setting says so.
    private static int number(String text) {
        return text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }
}
