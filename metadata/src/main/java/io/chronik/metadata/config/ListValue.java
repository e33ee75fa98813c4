package io.chronik.metadata.config;

import java.util.Arrays;
import java.util.List;

/// Values of type LIST: elements between commas, white space around them of no meaning, the empty text an empty list.
public final class ListValue {
    private ListValue() {}

    public static List<String> elements(String value) {
        if (value.isBlank()) return List.of();
        return Arrays.stream(value.split(",", -1)).map(String::strip).toList();
    }
}
