package io.chronik.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.requests.FetchRequest;
import org.junit.jupiter.api.Test;

class FetchTermsTest {
    private static final int MIB = 1 << 20;

    private static int maxBytes(int minBytes, int maxBytes, int nodeMaxBytes) {
        FetchRequestData data = new FetchRequestData().setMinBytes(minBytes).setMaxBytes(maxBytes);
        return WaitingFetch.Terms.of(new FetchRequest(data, (short) 17), nodeMaxBytes)
                .maxBytes();
    }

    @Test
    void aResponseIsNoLongerThanASendBufferHolds() {
        assertThat(maxBytes(1, 50 * MIB, 55 * MIB)).isEqualTo(4 * MIB);
    }

    @Test
    void whatTheClientWaitsForFitsInTheResponse() {
        assertThat(maxBytes(10 * MIB, 50 * MIB, 55 * MIB)).isEqualTo(10 * MIB);
    }

    @Test
    void theClientAndTheNodeMayWantLess() {
        assertThat(maxBytes(10 * MIB, MIB, 55 * MIB)).isEqualTo(MIB);
        assertThat(maxBytes(10 * MIB, 50 * MIB, 2 * MIB)).isEqualTo(2 * MIB);
    }
}
