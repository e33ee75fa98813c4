package io.chronik.server;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.ImageDigest;
import io.chronik.server.http.AdminHttp.Content;
import io.chronik.server.http.AdminHttp.Health;
import io.chronik.server.http.AdminHttp.Page;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.metrics.NodeMetrics;
import io.chronik.server.partitions.PartitionRegistry;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// What a node shows over HTTP. Live: the process is not on its way out. Ready: clients are served, all local replicas
/// follow the metadata, and somebody controls the cluster.
record NodePages(
        MetadataService metadata,
        PartitionRegistry registry,
        NodeMetrics metrics,
        BooleanSupplier serving,
        BooleanSupplier failed,
        BooleanSupplier stopping) {

    Map<String, Page> pages() {
        return Map.of(
                "/metrics",
                () -> new Content(200, metrics.contentType(), metrics::write),
                "/livez",
                Page.check(this::live),
                "/readyz",
                Page.check(this::ready),
                "/v1/metadata/digest",
                this::digest);
    }

    private Health live() {
        return failed.getAsBoolean() ? new Health(false, "failed") : new Health(true, "ok");
    }

    private Health ready() {
        if (failed.getAsBoolean()) return new Health(false, "failed");
        if (stopping.getAsBoolean()) return new Health(false, "stopping");
        if (metadata.controllerId() < 0) return new Health(false, "no controller");
        if (!serving.getAsBoolean()) return new Health(false, "the controller does not count on this node");
        if (!registry.settled().isDone()) return new Health(false, "opening partitions");
        return new Health(true, "ok");
    }

    private Content digest() {
        ClusterImage image = metadata.image();
        return Content.json(
                "{\"appliedIndex\":" + image.appliedIndex() + ",\"digest\":\"" + ImageDigest.of(image) + "\"}\n");
    }
}
