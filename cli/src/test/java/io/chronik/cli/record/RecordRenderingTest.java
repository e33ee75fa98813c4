package io.chronik.cli.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.cli.output.Failure;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordRenderingTest {
    @Test
    void textIsText() {
        assertThat(RecordJson.line(record("k".getBytes(UTF_8), "grüße".getBytes(UTF_8))))
                .isEqualTo("{\"topic\":\"t\",\"partition\":1,\"offset\":7,\"timestamp\":1000,"
                        + "\"timestampType\":\"CreateTime\",\"key\":\"k\",\"value\":\"grüße\","
                        + "\"headers\":[{\"key\":\"h\",\"value\":\"x\"}],\"leaderEpoch\":3}");
    }

    @Test
    void bytesThatAreNoTextAreBase64AndSaidToBe() {
        assertThat(RecordJson.line(record(null, new byte[] {(byte) 0xff, 0})))
                .contains("\"key\":null,\"value\":\"/wA=\",\"valueEncoding\":\"base64\"");
    }

    @Test
    void valueIsPrintedAsItsBytes() {
        assertThat(RecordPrinter.VALUE.print(record(null, new byte[] {(byte) 0xff})))
                .containsExactly(0xff, '\n');
    }

    @Test
    void formatIsKcats() {
        assertThat(format("%t [%p] %o %T %k: %s|%K|%S|%h|100%%\\n\\t\\\\"))
                .isEqualTo("t [1] 7 1000 k: value|1|5|h=x|100%\n\t\\");
    }

    @Test
    void nullsAreEmptyWithSizeMinusOne() {
        assertThat(new String(new RecordFormat("%k,%s,%K,%S").print(record(null, null)), UTF_8))
                .isEqualTo(",,-1,-1");
    }

    @Test
    void unknownLetterIsAFailure() {
        assertThatThrownBy(() -> new RecordFormat("%x"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("%x");
    }

    private static String format(String template) {
        return new String(
                new RecordFormat(template).print(record("k".getBytes(UTF_8), "value".getBytes(UTF_8))), UTF_8);
    }

    private static ConsumerRecord<byte[], byte[]> record(byte @Nullable [] key, byte @Nullable [] value) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("h", "x".getBytes(UTF_8));
        return new ConsumerRecord<>(
                "t", 1, 7, 1000, TimestampType.CREATE_TIME, 0, 0, key, value, headers, Optional.of(3));
    }
}
