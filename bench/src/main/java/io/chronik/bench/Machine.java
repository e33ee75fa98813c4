package io.chronik.bench;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a reader must know to judge a figure.
final class Machine {
    private Machine() {}

    static Map<String, Object> facts(Path work) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("processor", first(Path.of("/proc/cpuinfo"), "model name"));
        facts.put("cores", Runtime.getRuntime().availableProcessors());
        facts.put("memory", first(Path.of("/proc/meminfo"), "MemTotal"));
        facts.put("kernel", System.getProperty("os.version"));
        FileStore store = Files.getFileStore(work);
        facts.put("fileSystem", store.type() + " " + first(Path.of("/proc/mounts"), store.name()));
        facts.put("java", System.getProperty("java.runtime.version"));
        facts.put(
                "loadAverageAtStart", Files.readString(Path.of("/proc/loadavg")).strip());
        return facts;
    }

    private static String first(Path file, String prefix) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(prefix))
                return line.substring(prefix.length())
                        .replaceFirst("^[\\s:]*", "")
                        .strip();
        }
        return "unknown";
    }
}
