package io.chronik.server.api;

/// Counts what producers bring. Called on partition lanes: cheap, no locks.
public interface ProduceMeter {
    void onProduced(String topic, int sizeBytes);

    void onProduceFailed(String topic);
}
