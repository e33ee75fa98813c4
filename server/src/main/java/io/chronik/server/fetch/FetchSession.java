package io.chronik.server.fetch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/// What one client reads, remembered between its fetches (KIP-227). Requests of a session come one at a time (the epoch
/// says so), yet perhaps from another connection, so its methods are synchronized; none of them blocks.
final class FetchSession {
    /// A target and what the client was last told about it.
    private static final class Remembered {
        FetchTarget target;
        long highWatermark = -1;
        long logStartOffset = -1;

        Remembered(FetchTarget target) {
            this.target = target;
        }
    }

    private final int id;
    private final boolean usesTopicIds;
    /// In the order in which they are read: whoever got data goes to the end.
    private final Map<FetchTarget.Key, Remembered> partitions = new LinkedHashMap<>();
    private int nextEpoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);

    FetchSession(int id, boolean usesTopicIds, Collection<FetchTarget> targets) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
        for (FetchTarget target : targets) partitions.put(target.key(), new Remembered(target));
    }

    int id() {
        return id;
    }

    synchronized int size() {
        return partitions.size();
    }

    /// Takes in an incremental request. NONE, or why it does not fit this session.
    synchronized Errors update(FetchRequestData request, boolean requestUsesTopicIds) {
        if (requestUsesTopicIds != usesTopicIds) return Errors.FETCH_SESSION_TOPIC_ID_ERROR;
        if (request.sessionEpoch() != nextEpoch) return Errors.INVALID_FETCH_SESSION_EPOCH;
        nextEpoch = FetchMetadata.nextEpoch(nextEpoch);
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            for (int partition : topic.partitions()) {
                partitions.remove(new FetchTarget.Key(topic.topic(), topic.topicId(), partition));
            }
        }
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                FetchTarget target = FetchTarget.of(topic, partition);
                Remembered known = partitions.get(target.key());
                if (known == null) partitions.put(target.key(), new Remembered(target));
                else known.target = target;
            }
        }
        return Errors.NONE;
    }

    synchronized List<FetchTarget> targets() {
        List<FetchTarget> targets = new ArrayList<>(partitions.size());
        for (Remembered known : partitions.values()) targets.add(known.target);
        return targets;
    }

    /// Those of `results` that are news to the client; remembers that it has been told. With `all`, everything is.
    synchronized List<FetchedPartition> news(List<FetchedPartition> results, boolean all) {
        List<FetchedPartition> news = new ArrayList<>();
        for (FetchedPartition result : results) {
            Remembered known = partitions.get(result.target().key());
            if (known == null) { // Forgotten by a request that overtook this one.
                result.release();
                continue;
            }
            boolean changed = known.highWatermark != result.data().highWatermark()
                    || known.logStartOffset != result.data().logStartOffset();
            if (!all && !changed && !result.urgent() && result.sizeBytes() == 0) continue;
            news.add(result);
            known.highWatermark = result.urgent() ? -1 : result.data().highWatermark();
            known.logStartOffset = result.data().logStartOffset();
            if (result.sizeBytes() > 0) moveToEnd(result.target().key(), known);
        }
        return news;
    }

    private void moveToEnd(FetchTarget.Key key, Remembered known) {
        partitions.remove(key);
        partitions.put(key, known);
    }
}
