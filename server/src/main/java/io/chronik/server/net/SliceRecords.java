package io.chronik.server.net;

import io.chronik.log.LogSlice;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/// File bytes as the records of a Fetch response. The encoder sends them with sendfile where it can, and closes the
/// slice when they are sent or the connection is gone.
public record SliceRecords(LogSlice slice) implements BaseRecords {
    @Override
    public int sizeInBytes() {
        return slice.sizeBytes();
    }

    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("the response encoder sends slices itself");
    }
}
