package io.chronik.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/// The version that the build wrote into the jar.
public final class Version {
    private static final String RESOURCE = "/io/chronik/cli/version.properties";

    private Version() {}

    /// For example `0.1.0-SNAPSHOT`; `unknown` when the classes did not come from the build.
    public static String text() {
        return property("version");
    }

    /// The Kafka release whose protocol this is.
    public static String ofProtocol() {
        return property("kafka");
    }

    private static String property(String name) {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            return "unknown";
        }
        String value = properties.getProperty(name, "unknown");
        return value.startsWith("$") ? "unknown" : value;
    }
}
