package io.chronik.server.metrics;

import io.chronik.server.net.NetListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.protocol.ApiKeys;

/// How long requests take, by their name, and how many connections there are, by listener.
final class RequestMeters implements NetListener {
    private static final double NS_PER_MS = 1e6;
    private static final String PREFIX = "kafka_network_requestmetrics_";

    /// From 10 us to about 5 minutes.
    private static Distribution times() {
        return Distribution.exponential(10_000, 1.5, 43);
    }

    private static final class Times {
        final Distribution total = times();
        final Distribution local = times();
        final Distribution remote = times();
        final Distribution send = times();
        final LongAdder requestBytes = new LongAdder();
        final LongAdder replyBytes = new LongAdder();
    }

    /// Made when a kind of request is first seen; read without a lock.
    private final Map<ApiKeys, Times> byApi = new ConcurrentHashMap<>();

    private final Map<String, LongAdder> connections = new ConcurrentHashMap<>();

    @Override
    public void onAnswered(ApiKeys api, int requestBytes, long replyBytes, long localNs, long remoteNs, long sendNs) {
        Times times = byApi.get(api);
        if (times == null) times = byApi.computeIfAbsent(api, _ -> new Times());
        times.total.observe(localNs + remoteNs + sendNs);
        times.local.observe(localNs);
        times.remote.observe(remoteNs);
        times.send.observe(sendNs);
        times.requestBytes.add(requestBytes);
        times.replyBytes.add(replyBytes);
    }

    @Override
    public void onConnections(String listener, int delta) {
        connections.computeIfAbsent(listener, _ -> new LongAdder()).add(delta);
    }

    void collect(Families families) {
        byApi.forEach((api, times) -> collect(families, api, times));
        connections.forEach((listener, count) -> families.gauge(
                "kafka_server_socket_server_metrics_connection_count",
                "Open connections.",
                count.sum(),
                "listener",
                listener,
                "networkProcessor",
                "all"));
    }

    private static void collect(Families families, ApiKeys api, Times times) {
        String[] label = {"request", api.name};
        families.summary(PREFIX + "totaltimems", "From arrival to reply.", times.total, NS_PER_MS, label);
        families.summary(PREFIX + "localtimems", "In the request's handler.", times.local, NS_PER_MS, label);
        families.summary(
                PREFIX + "remotetimems",
                "From the handler to the answer: fsync, waiting.",
                times.remote,
                NS_PER_MS,
                label);
        families.summary(
                PREFIX + "responsesendtimems", "From the answer to its turn to be sent.", times.send, NS_PER_MS, label);
        families.counter(PREFIX + "requestbytes", "Bytes of requests.", times.requestBytes.sum(), label);
        families.counter(PREFIX + "responsebytes", "Bytes of replies.", times.replyBytes.sum(), label);
    }
}
