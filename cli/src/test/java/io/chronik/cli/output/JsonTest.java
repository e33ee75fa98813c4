package io.chronik.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {
    private record Inner(@Nullable String name, Optional<Integer> epoch) {}

    private record Outer(long offset, boolean control, List<Inner> inner) {}

    @Test
    void recordsBecomeObjectsInTheOrderOfTheirComponents() {
        // Given
        Outer value = new Outer(7, true, List.of(new Inner("a", Optional.of(3)), new Inner(null, Optional.empty())));

        // When
        String json = Json.line(value);

        // Then
        assertThat(json)
                .isEqualTo("{\"offset\":7,\"control\":true,\"inner\":[{\"name\":\"a\",\"epoch\":3},{\"name\":null}]}");
    }

    @Test
    void textIsEscaped() {
        assertThat(Json.line("a\"b\\c\nd\u0001é")).isEqualTo("\"a\\\"b\\\\c\\nd\\u0001é\"");
    }

    @Test
    void mapsKeepTheirOrderAndMayHoldNulls() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("z", null);
        map.put("a", 1);
        map.put("path", Path.of("x"));
        assertThat(Json.line(map)).isEqualTo("{\"z\":null,\"a\":1,\"path\":\"x\"}");
    }

    @Test
    void listsMayHoldNulls() {
        assertThat(Json.line(Arrays.asList(1, null))).isEqualTo("[1,null]");
    }
}
