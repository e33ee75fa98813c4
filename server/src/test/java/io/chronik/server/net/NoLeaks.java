package io.chronik.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/// Runs a test class under Netty's paranoid leak detector, and fails it when a buffer was left behind.
final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
    static {
        // Without it every single access is recorded, with a stack trace.
        System.setProperty("io.netty.leakDetection.acquireAndReleaseOnly", "true");
    }

    private final ListAppender<ILoggingEvent> reports = new ListAppender<>();
    private final Logger detector = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();

    @Override
    public void beforeAll(ExtensionContext context) {
        start();
    }

    void start() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        reports.start();
        detector.addAppender(reports);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        List<ILoggingEvent> found = reports();
        stop();
        assertThat(found).isEmpty();
    }

    void stop() {
        detector.detachAppender(reports);
        ResourceLeakDetector.setLevel(before);
    }

    /// What the detector has found so far: it looks when a buffer is made after a collection.
    List<ILoggingEvent> reports() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
        return List.copyOf(reports.list);
    }
}
