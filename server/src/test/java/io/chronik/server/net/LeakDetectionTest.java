package io.chronik.server.net;

import io.netty.buffer.ByteBufAllocator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// The test of a test: see NoLeaks.
class LeakDetectionTest {
    @Test
    void theDetectorSeesALeak() {
        // Given
        NoLeaks own = new NoLeaks();
        own.start();
        // When
        ByteBufAllocator.DEFAULT.directBuffer(16);
        // Then
        Awaitility.await().until(() -> !own.reports().isEmpty());
        own.stop();
    }
}
