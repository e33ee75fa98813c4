package io.chronik.server;

import io.chronik.server.api.FetchMeter;
import io.chronik.server.api.ProduceMeter;

/// What the handlers count.
interface BrokerMeters extends ProduceMeter, FetchMeter {
    BrokerMeters NONE = new BrokerMeters() {
        @Override
        public void onProduced(String topic, int sizeBytes) {}

        @Override
        public void onProduceFailed(String topic) {}

        @Override
        public void onFetched(String topic, int sizeBytes) {}

        @Override
        public void onFetchFailed(String topic) {}
    };
}
