package io.chronik.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.config.KafkaConfigCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
    private static final String REWRITE = "chronik.docs.rewrite";

    @Test
    void thePageSaysWhatTheNodeDoes() throws IOException {
        // Given
        Path page = repository().resolve("docs/configuration.md");
        String expected = new ConfigurationPage().render();
        if (Boolean.getBoolean(REWRITE)) Files.writeString(page, expected);

        // Then
        assertThat(Files.readString(page))
                .withFailMessage("docs/configuration.md is stale; run this test with -D" + REWRITE + "=true")
                .isEqualTo(expected);
    }

    @Test
    void theSampleFileCanBeUsedAsItIsAndWithEveryLineSwitchedOn() throws IOException {
        // Given
        Path sample = repository().resolve("conf/server.properties");
        NodeConfigLoader loader = new NodeConfigLoader(new KafkaConfigCatalog());
        Path allOn = Files.createTempFile("server", ".properties");
        Files.writeString(allOn, Files.readString(sample).replaceAll("(?m)^#(?=[a-z]+\\.)|^#(?=listeners=)", ""));

        try {
            // When
            NodeConfig asItIs = loader.load(sample, Map.of(), List.of(), StartFlags.NONE);
            NodeConfig switchedOn = loader.load(allOn, Map.of(), List.of(), StartFlags.NONE);

            // Then
            assertThat(asItIs.settings().set()).isEmpty();
            assertThat(switchedOn.settings().set()).containsKeys("listeners", "num.partitions");
            assertThat(switchedOn.notices()).isEmpty();
        } finally {
            Files.delete(allOn);
        }
    }

    /// Tests run in the module's directory or in the repository's.
    private static Path repository() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("conf"))
                ? here
                : here.resolve("..").normalize();
    }
}
