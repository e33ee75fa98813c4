package io.chronik.server.metrics;

import io.chronik.server.api.FetchMeter;
import io.chronik.server.api.ProduceMeter;
import io.chronik.server.net.NetListener;
import io.chronik.server.replica.ReplicationMeter;
import io.chronik.server.sentinel.SentinelMeter;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;

/// All metrics of a node. The meters are counted into from anywhere; the Prometheus library and the JVM's metrics are
/// loaded by the first scrape, and what others know is asked for by each scrape.
public final class NodeMetrics {
    /// Loaded on first use.
    private static final class Jvm {
        static final PrometheusRegistry REGISTRY = new PrometheusRegistry();

        static {
            JvmMetrics.builder().register(REGISTRY);
        }

        private Jvm() {}
    }

    private final MetricsSource source;
    private final RequestMeters requests = new RequestMeters();
    private final TopicMeters topics = new TopicMeters();
    private final StorageMeters storage = new StorageMeters();
    private final ReplicationMeters replication = new ReplicationMeters();
    private final SentinelMeters sentinel = new SentinelMeters();

    public NodeMetrics(MetricsSource source) {
        this.source = source;
    }

    /// For [io.chronik.server.net.Network].
    public NetListener network() {
        return requests;
    }

    public ProduceMeter produced() {
        return topics;
    }

    public FetchMeter fetched() {
        return topics;
    }

    public ReplicationMeter replication() {
        return replication;
    }

    public SentinelMeter sentinel() {
        return sentinel;
    }

    /// A round of the disk syncer: see [io.chronik.log.DiskSyncer.Listener]. Any thread.
    public void onSyncRound(int clients, long bytes, long durationNs) {
        storage.onRound(clients, bytes, durationNs);
    }

    public void onSyncFailed() {
        storage.onSyncFailed();
    }

    /// The media type of what [#write] writes.
    public String contentType() {
        return PrometheusTextFormatWriter.CONTENT_TYPE;
    }

    /// One scrape in Prometheus' text format. May take milliseconds; several at once are fine.
    public void write(OutputStream out) throws IOException {
        PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
        writer.write(out, own(), EscapingScheme.DEFAULT);
        writer.write(out, Jvm.REGISTRY.scrape(), EscapingScheme.DEFAULT);
    }

    private MetricSnapshots own() {
        Families families = new Families();
        new ClusterFamilies(families).collect(source.state());
        requests.collect(families);
        topics.collect(families);
        storage.collect(families);
        replication.collect(families);
        sentinel.collect(families);
        return families.build();
    }
}
