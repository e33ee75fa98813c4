package io.chronik.cli.segment;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The base offset in a segment file's name: twenty digits before the first dot.
final class SegmentName {
    private static final Pattern BASE_OFFSET = Pattern.compile("([0-9]{20})[.-].*");

    private SegmentName() {}

    /// 0 for a file that was renamed: then nothing is known.
    static long baseOffset(Path file) {
        Matcher name = BASE_OFFSET.matcher(file.getFileName().toString());
        try {
            return name.matches() ? Long.parseLong(name.group(1)) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
