package io.chronik.cli.group;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// `TOPIC` or `TOPIC:0,3`: a topic, all its partitions or some. Topic names contain no colon.
record PartitionsArgument(String topic, List<Integer> partitions) {
    /// Whether the argument means this partition of its topic.
    boolean includes(int partition) {
        return partitions.isEmpty() || partitions.contains(partition);
    }

    static PartitionsArgument parse(String text) {
        int at = text.indexOf(':');
        if (at < 0) {
            return new PartitionsArgument(text, List.of());
        }
        try {
            return new PartitionsArgument(
                    text.substring(0, at),
                    Arrays.stream(text.substring(at + 1).split(","))
                            .map(Integer::valueOf)
                            .toList());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "': write TOPIC or TOPIC:0,3", e);
        }
    }

    /// For picocli.
    static final class Converter implements ITypeConverter<PartitionsArgument> {
        @Override
        public PartitionsArgument convert(String value) {
            try {
                return parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
