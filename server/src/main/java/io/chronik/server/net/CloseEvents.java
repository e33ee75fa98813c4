package io.chronik.server.net;

import io.chronik.server.net.ClientConnection.CloseEvent;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is to run when a connection has closed. Any thread; events run outside the lock, each once.
final class CloseEvents {
    private static final Logger LOG = LoggerFactory.getLogger(CloseEvents.class);

    /// A registration is its own identity: the same event may be registered twice.
    private final class Registration implements CloseEvent {
        private final Runnable event;

        Registration(Runnable event) {
            this.event = event;
        }

        @Override
        public void cancel() {
            synchronized (waiting) {
                waiting.remove(this);
            }
        }

        void run() {
            try {
                event.run();
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("close event failed");
            }
        }
    }

    private final Set<Registration> waiting = LinkedHashSet.newLinkedHashSet(2);
    private boolean closed;

    CloseEvent add(Runnable event) {
        Registration registration = new Registration(event);
        synchronized (waiting) {
            if (!closed) {
                waiting.add(registration);
                return registration;
            }
        }
        registration.run();
        return registration;
    }

    void run() {
        Registration[] due;
        synchronized (waiting) {
            closed = true;
            due = waiting.toArray(Registration[]::new);
            waiting.clear();
        }
        for (Registration registration : due) registration.run();
    }
}
