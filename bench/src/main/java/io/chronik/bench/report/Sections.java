package io.chronik.bench.report;

/// A text with generated sections, each between `<!-- NAME -->` and `<!-- end of NAME -->` on lines of their own.
public record Sections(String text) {
    /// With `content`, which ends with a line feed, as the section. Throws when the text has no such section.
    public Sections with(String name, String content) {
        String open = "<!-- " + name + " -->\n";
        String close = "<!-- end of " + name + " -->";
        int begin = text.indexOf(open);
        int end = text.indexOf(close, Math.max(0, begin));
        if (begin < 0 || end < 0) throw new IllegalArgumentException("no section " + name);
        return new Sections(text.substring(0, begin + open.length()) + content + text.substring(end));
    }
}
