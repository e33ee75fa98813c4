package io.chronik.server.net;

import io.chronik.log.LogSlice;
import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/// A slice of a segment file on its way into a socket with sendfile. Ends with the slice closed, sent or not; the
/// segment's channel belongs to the log and stays open.
final class SliceRegion extends DefaultFileRegion {
    private final LogSlice slice;

    SliceRegion(FileChannel channel, LogSlice slice) {
        super(channel, slice.filePosition(), slice.sizeBytes());
        this.slice = slice;
    }

    @Override
    protected void deallocate() {
        slice.close();
    }
}
