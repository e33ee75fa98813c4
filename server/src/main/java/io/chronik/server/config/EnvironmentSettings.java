package io.chronik.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Settings from `KAFKA_*` and `KAFKA_CFG_*` variables, as container images of Kafka have them: `.` is written `_`, `_`
/// is `__` and `-` is `___`. Variables that start programs, or that Kubernetes makes for a service called kafka, are
/// not settings.
final class EnvironmentSettings {
    private static final String PREFIX = "KAFKA_";
    private static final String BITNAMI_PREFIX = "KAFKA_CFG_";
    private static final Map<String, String> OTHER_NAMES =
            Map.of("CLUSTER_ID", "chronik.cluster.id", "KAFKA_KRAFT_CLUSTER_ID", "chronik.cluster.id");
    private static final Pattern NOT_A_SETTING = Pattern.compile(
            "KAFKA_(.*OPTS|LOG4J_.*|TOOLS_.*|JMX_.*|HOME|VERSION|DEBUG|MODE|USER|CLASSPATH|SCALA_VERSION|ENABLE_KRAFT"
                    + "|VOLUME_DIR|CONF_DIR|BASE_DIR|CERTS_DIR|HEAP_.*|ZOOKEEPER_CLIENT_CNXN_SOCKET"
                    + "|(.*_)?SERVICE_(HOST|PORT)(_.*)?|(.*_)?PORT(_\\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)");

    private EnvironmentSettings() {}

    static List<Setting> of(Map<String, String> environment) {
        List<Setting> settings = new ArrayList<>();
        // Sorted, so that what wins when two variables mean the same does not depend on the JVM.
        new TreeMap<>(environment).forEach((variable, value) -> {
            String other = OTHER_NAMES.get(variable);
            if (other != null) settings.add(new Setting(other, value, variable));
            else if (variable.startsWith(PREFIX)
                    && !NOT_A_SETTING.matcher(variable).matches())
                settings.add(new Setting(name(variable), value, variable));
        });
        return settings;
    }

    private static String name(String variable) {
        String prefix = variable.startsWith(BITNAMI_PREFIX) ? BITNAMI_PREFIX : PREFIX;
        StringBuilder name = new StringBuilder();
        String rest = variable.substring(prefix.length()).toLowerCase(Locale.ROOT);
        for (int i = 0; i < rest.length(); i++) {
            if (rest.startsWith("___", i)) {
                name.append('-');
                i += 2;
            } else if (rest.startsWith("__", i)) {
                name.append('_');
                i += 1;
            } else {
                name.append(rest.charAt(i) == '_' ? '.' : rest.charAt(i));
            }
        }
        return name.toString();
    }
}
