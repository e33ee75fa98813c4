package io.chronik.server.metrics;

import io.chronik.server.api.FetchMeter;
import io.chronik.server.api.ProduceMeter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Traffic, in all and by topic. Topics beyond a bound are counted in the sums only.
final class TopicMeters implements ProduceMeter, FetchMeter {
    private static final int MAX_TOPICS = 2000;
    private static final String PREFIX = "kafka_server_brokertopicmetrics_";

    private static final class Counts {
        final LongAdder bytesIn = new LongAdder();
        final LongAdder bytesOut = new LongAdder();
        final LongAdder produces = new LongAdder();
        final LongAdder fetches = new LongAdder();
        final LongAdder failedProduces = new LongAdder();
        final LongAdder failedFetches = new LongAdder();
    }

    private final Counts all = new Counts();
    private final Map<String, Counts> byTopic = new ConcurrentHashMap<>();

    private Counts of(String topic) {
        Counts counts = byTopic.get(topic);
        if (counts != null) return counts;
        return byTopic.size() < MAX_TOPICS ? byTopic.computeIfAbsent(topic, _ -> new Counts()) : new Counts();
    }

    @Override
    public void onProduced(String topic, int sizeBytes) {
        Counts counts = of(topic);
        counts.produces.increment();
        counts.bytesIn.add(sizeBytes);
        all.produces.increment();
        all.bytesIn.add(sizeBytes);
    }

    @Override
    public void onProduceFailed(String topic) {
        Counts counts = of(topic);
        counts.produces.increment();
        counts.failedProduces.increment();
        all.produces.increment();
        all.failedProduces.increment();
    }

    @Override
    public void onFetched(String topic, int sizeBytes) {
        Counts counts = of(topic);
        counts.fetches.increment();
        counts.bytesOut.add(sizeBytes);
        all.fetches.increment();
        all.bytesOut.add(sizeBytes);
    }

    @Override
    public void onFetchFailed(String topic) {
        Counts counts = of(topic);
        counts.fetches.increment();
        counts.failedFetches.increment();
        all.fetches.increment();
        all.failedFetches.increment();
    }

    void collect(Families families) {
        collect(families, all);
        byTopic.forEach((topic, counts) -> collect(families, counts, "topic", topic));
    }

    private static void collect(Families families, Counts counts, String... labels) {
        families.counter(PREFIX + "bytesin", "Record bytes appended.", counts.bytesIn.sum(), labels);
        families.counter(PREFIX + "bytesout", "Record bytes sent to consumers.", counts.bytesOut.sum(), labels);
        families.counter(
                PREFIX + "totalproducerequests", "Appends to partitions asked for.", counts.produces.sum(), labels);
        families.counter(PREFIX + "totalfetchrequests", "Reads of partitions asked for.", counts.fetches.sum(), labels);
        families.counter(PREFIX + "failedproducerequests", "Appends refused.", counts.failedProduces.sum(), labels);
        families.counter(PREFIX + "failedfetchrequests", "Reads refused.", counts.failedFetches.sum(), labels);
    }
}
