package io.chronik.server.net;

import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Connections that end at any moment leave no buffer behind, as Netty's leak detector sees it.
@ExtendWith(NoLeaks.class)
class LeaksTest {
    @Test
    void connectionsCutAtAnyMomentLeaveNoBufferBehind() throws Exception {
        // Given
        List<RequestCorpus.Sample> corpus = RequestCorpus.all();
        Random random = new Random(11);
        // When
        try (TestServer server = new TestServer(NetSettings.defaults().withMaxInFlight(3), TestServer.REFUSE)) {
            for (int i = 0; i < 200; i++) {
                try (RawClient client = server.client()) {
                    for (int j = 0; j < 5; j++) {
                        byte[] frame = corpus.get(random.nextInt(corpus.size())).frame();
                        client.sendInt(frame.length)
                                .send(java.util.Arrays.copyOf(
                                        frame, random.nextInt(4) == 0 ? frame.length / 2 : frame.length));
                    }
                    if (random.nextBoolean()) client.socket().setSoLinger(true, 0);
                } catch (java.net.SocketException e) {
                    // The server was faster to hang up.
                }
            }
            // Then: a connection is not counted any more a moment before its frames are given back.
            Awaitility.await()
                    .until(() -> server.network.connectionCount() == 0 && server.network.requestMemoryBytes() == 0);
        }
        // Nor is anything left elsewhere, see NoLeaks.
    }
}
