package io.chronik.server.net;

/// What a peer may take of this process. Times in milliseconds, sizes in bytes.
///
/// @param maxRequestBytes longest frame (`socket.request.max.bytes`)
/// @param maxOtherRequestBytes longest frame of any request but Produce: their arrays become objects several times
///     as large, and no ordinary client comes near it
/// @param maxConnections over all listeners (`max.connections`); more are closed at once
/// @param maxConnectionsPerIp `max.connections.per.ip`
/// @param idleMs a connection without traffic and without an open request is closed (`connections.max.idle.ms`)
/// @param frameMs a frame that has begun must be complete by then
/// @param maxInFlight requests of one connection whose replies are not yet sent; reading pauses beyond
/// @param requestMemoryBytes frames of all connections together; reading pauses beyond
/// @param sendBufferHighBytes reply bytes waiting for one slow reader; reading pauses beyond
public record NetSettings(
        int maxRequestBytes,
        int maxOtherRequestBytes,
        int maxConnections,
        int maxConnectionsPerIp,
        long idleMs,
        long frameMs,
        int maxInFlight,
        long requestMemoryBytes,
        int sendBufferHighBytes) {
    public static final int DEFAULT_MAX_REQUEST_BYTES = 104_857_600;
    private static final int MIB = 1024 * 1024;

    public NetSettings {
        if (maxRequestBytes < 1024 || maxOtherRequestBytes < 1024 || maxConnections < 1 || maxConnectionsPerIp < 0)
            throw new IllegalArgumentException("limits too small");
        if (idleMs < 1 || frameMs < 1 || maxInFlight < 1 || requestMemoryBytes < 1 || sendBufferHighBytes < 1024)
            throw new IllegalArgumentException("limits too small");
    }

    public static NetSettings defaults() {
        return new NetSettings(
                DEFAULT_MAX_REQUEST_BYTES,
                16 * MIB,
                10_000,
                Integer.MAX_VALUE,
                600_000,
                30_000,
                64,
                Math.max(32L * MIB, Runtime.getRuntime().maxMemory() / 4),
                128 * 1024);
    }

    public NetSettings withMaxRequestBytes(int bytes) {
        return new NetSettings(
                bytes,
                Math.min(bytes, maxOtherRequestBytes),
                maxConnections,
                maxConnectionsPerIp,
                idleMs,
                frameMs,
                maxInFlight,
                requestMemoryBytes,
                sendBufferHighBytes);
    }

    public NetSettings withConnections(int max, int maxPerIp) {
        return new NetSettings(
                maxRequestBytes,
                maxOtherRequestBytes,
                max,
                maxPerIp,
                idleMs,
                frameMs,
                maxInFlight,
                requestMemoryBytes,
                sendBufferHighBytes);
    }

    public NetSettings withTimes(long newIdleMs, long newFrameMs) {
        return new NetSettings(
                maxRequestBytes,
                maxOtherRequestBytes,
                maxConnections,
                maxConnectionsPerIp,
                newIdleMs,
                newFrameMs,
                maxInFlight,
                requestMemoryBytes,
                sendBufferHighBytes);
    }

    public NetSettings withMaxInFlight(int max) {
        return new NetSettings(
                maxRequestBytes,
                maxOtherRequestBytes,
                maxConnections,
                maxConnectionsPerIp,
                idleMs,
                frameMs,
                max,
                requestMemoryBytes,
                sendBufferHighBytes);
    }

    public NetSettings withRequestMemory(long bytes) {
        return new NetSettings(
                maxRequestBytes,
                maxOtherRequestBytes,
                maxConnections,
                maxConnectionsPerIp,
                idleMs,
                frameMs,
                maxInFlight,
                bytes,
                sendBufferHighBytes);
    }
}
