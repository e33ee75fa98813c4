package io.chronik.server.net;

import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchResponse;

/// Finds the open file slices in a response that will not be sent (any more).
final class ResponseSlices {
    private ResponseSlices() {}

    static void close(AbstractResponse response) {
        closeExcept(response, List.of());
    }

    /// `taken` by identity: an encoder owns them already.
    static void closeExcept(AbstractResponse response, Collection<SliceRecords> taken) {
        if (!(response instanceof FetchResponse fetch)) return;
        for (FetchResponseData.FetchableTopicResponse topic : fetch.data().responses()) {
            for (FetchResponseData.PartitionData partition : topic.partitions()) {
                if (partition.records() instanceof SliceRecords records && !contains(taken, records))
                    records.slice().close();
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // The very object is owned, not its equal.
    private static boolean contains(Collection<SliceRecords> taken, SliceRecords records) {
        for (SliceRecords one : taken) if (one == records) return true;
        return false;
    }
}
