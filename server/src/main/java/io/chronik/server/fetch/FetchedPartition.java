package io.chronik.server.fetch;

import io.chronik.replication.Partition;
import io.chronik.replication.PartitionView;
import io.chronik.server.net.SliceRecords;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;

/// What reading one target gave. `replica` and `seen` are what a waiting fetch watches: null when there is nothing here
/// to wait for. Holds a file slice until it is sent or [#release]d.
record FetchedPartition(
        FetchTarget target,
        String topicName,
        PartitionData data,
        @Nullable Partition replica,
        @Nullable PartitionView seen) {

    int sizeBytes() {
        return data.records() == null ? 0 : data.records().sizeInBytes();
    }

    Errors error() {
        return Errors.forCode(data.errorCode());
    }

    /// Worth answering at once, whatever the minimum of bytes.
    boolean urgent() {
        return error() != Errors.NONE
                || data.divergingEpoch().epoch() >= 0
                || data.preferredReadReplica() != FetchResponse.INVALID_PREFERRED_REPLICA_ID;
    }

    void release() {
        if (data.records() instanceof SliceRecords(var slice)) slice.close();
    }
}
