package io.chronik.it.node;

/// A broker to talk to: ours, a real Kafka that checks the tests themselves, or one that somebody else started.
public interface Node {
    String HOST = "127.0.0.1";

    int port();

    default String bootstrap() {
        return HOST + ":" + port();
    }

    /// False for a real Kafka, where a few answers that depend on the product differ.
    boolean isChronik();
}
