package io.chronik.server.api;

/// Counts what consumers take. Called on event loops: cheap, no locks.
public interface FetchMeter {
    void onFetched(String topic, int sizeBytes);

    void onFetchFailed(String topic);
}
