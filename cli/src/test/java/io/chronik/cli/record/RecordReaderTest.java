package io.chronik.cli.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.cli.output.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordReaderTest {
    private static final RecordReader.Syntax VALUES = new RecordReader.Syntax(new byte[0], null, false);
    private static final RecordReader.Syntax KEYED = new RecordReader.Syntax("::".getBytes(UTF_8), null, true);

    @Test
    void eachLineIsAValueWithoutItsLineFeed() throws IOException {
        assertThat(read("a\n\nb\r\n", VALUES)).containsExactly("null=a", "null=", "null=b\r");
    }

    @Test
    void lastLineNeedsNoLineFeed() throws IOException {
        assertThat(read("a\nb", VALUES)).containsExactly("null=a", "null=b");
        assertThat(read("", VALUES)).isEmpty();
    }

    @Test
    void bytesThatAreNoTextStayAsTheyAre() throws IOException {
        // Given
        byte[] bytes = {(byte) 0xff, 0, (byte) 0xfe, '\n'};

        // When
        RecordReader.Line line =
                new RecordReader(new ByteArrayInputStream(bytes), VALUES).next().orElseThrow();

        // Then
        assertThat(line.value()).containsExactly(0xff, 0, 0xfe);
    }

    @Test
    void linesLongerThanTheReadBufferAreWhole() throws IOException {
        String large = "x".repeat(300_000);
        assertThat(read(large + "\n" + large, VALUES)).containsExactly("null=" + large, "null=" + large);
    }

    @Test
    void delimiterSplitsAtItsFirstOccurrence() throws IOException {
        assertThat(read("k::v::w\n::x\n", KEYED)).containsExactly("k=v::w", "=x");
    }

    @Test
    void emptyValueIsNullWhenAskedFor() throws IOException {
        assertThat(read("k::\n", KEYED)).containsExactly("k=null");
    }

    @Test
    void fixedKeyGoesToEveryRecord() throws IOException {
        RecordReader.Syntax fixed = new RecordReader.Syntax(new byte[0], "k".getBytes(UTF_8), false);
        assertThat(read("a\nb\n", fixed)).containsExactly("k=a", "k=b");
    }

    @Test
    void lineWithoutDelimiterIsAFailureThatNamesIt() {
        assertThatThrownBy(() -> read("a::b\nc\n", KEYED))
                .isInstanceOf(Failure.class)
                .hasMessage("line 2 has no key delimiter");
    }

    private static List<String> read(String text, RecordReader.Syntax syntax) throws IOException {
        RecordReader reader = new RecordReader(new ByteArrayInputStream(text.getBytes(ISO_8859_1)), syntax);
        List<String> lines = new ArrayList<>();
        for (Optional<RecordReader.Line> line = reader.next(); line.isPresent(); line = reader.next()) {
            lines.add(text(line.get().key()) + "=" + text(line.get().value()));
        }
        return lines;
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, ISO_8859_1);
    }
}
