package io.chronik.metadata.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/// The settings of one kind of resource, from a table that is a resource of this class. A row:
///
///     name | type | default ("null" for none) | rule | update mode | honoured, ignored or refused | text
final class CatalogTable {
    private static final String KNOWN_ONLY = "Known to Kafka; Chronik stores and shows it, and otherwise ignores it";

    private CatalogTable() {}

    static SortedMap<String, CatalogEntry> load(String resource) {
        SortedMap<String, CatalogEntry> entries = new TreeMap<>();
        try (InputStream in = CatalogTable.class.getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException("missing resource " + resource);
            var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.isEmpty() || line.charAt(0) == '#') continue;
                CatalogEntry entry = entry(line);
                entries.put(entry.key().name(), entry);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Collections.unmodifiableSortedMap(entries);
    }

    private static CatalogEntry entry(String line) {
        String[] cells = line.split("\t", -1);
        if (cells.length != 7) throw new IllegalStateException("not a row of seven cells: " + line);
        ConfigDef.Type type = ConfigDef.Type.valueOf(cells[1]);
        UpdateMode mode = updateMode(cells[4]);
        Treatment treatment = treatment(cells[5], cells[6]);
        ConfigKey key = new ConfigKey(
                cells[0],
                type,
                nullable(cells[2]),
                documentation(treatment, cells[6]),
                ConfigSynonyms.of(cells[0], mode == null),
                mode == UpdateMode.READ_ONLY,
                type == ConfigDef.Type.PASSWORD,
                treatment instanceof Treatment.Honoured);
        return new CatalogEntry(
                key, ValueRule.parse(cells[3]), mode == null ? UpdateMode.CLUSTER_WIDE : mode, treatment);
    }

    private static @Nullable String nullable(String cell) {
        return cell.equals("null") ? null : cell;
    }

    /// Null for settings that belong to topics and groups, which may always be changed.
    private static @Nullable UpdateMode updateMode(String cell) {
        return switch (cell) {
            case "-" -> null;
            case "read-only" -> UpdateMode.READ_ONLY;
            case "per-broker" -> UpdateMode.PER_NODE;
            case "cluster-wide" -> UpdateMode.CLUSTER_WIDE;
            default -> throw new IllegalStateException("no such update mode: " + cell);
        };
    }

    private static Treatment treatment(String cell, String text) {
        return switch (cell) {
            case "honoured" -> new Treatment.Honoured();
            case "ignored" -> new Treatment.Ignored(text);
            case "refused" -> new Treatment.Refused(text);
            default -> throw new IllegalStateException("no such treatment: " + cell);
        };
    }

    private static String documentation(Treatment treatment, String text) {
        return switch (treatment) {
            case Treatment.Honoured() -> text;
            case Treatment.Ignored(String reason) when reason.startsWith("Accepted") -> reason;
            case Treatment.Ignored(String reason) -> reason.isEmpty() ? KNOWN_ONLY + "." : KNOWN_ONLY + ": " + reason;
            case Treatment.Refused(String advice) -> "Not available in this release: " + advice + ".";
        };
    }
}
