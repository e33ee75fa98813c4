package io.chronik.server.metadata;

import org.apache.kafka.raft.NetworkChannel;

/// The way of Raft's requests to other nodes.
public interface RaftTransport extends NetworkChannel {
    /// `log` takes the requests of peers from now on, and wants to be told when its leader's process is gone.
    void watch(MetadataLog log);

    @Override
    void close();
}
