package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// What each node says about its image of the cluster: how far it is applied, and a digest of all of it.
public final class MetadataDigests {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private MetadataDigests() {}

    /// All nodes that run come to the same image at the same index.
    public static void assertEqual(ClusterProcess cluster) {
        ClusterProcess.await("equal metadata")
                .untilAsserted(() -> assertThat(of(cluster).values().stream().distinct())
                        .as("digests: %s", of(cluster))
                        .hasSize(1));
    }

    /// By node.
    public static Map<Integer, String> of(ClusterProcess cluster) {
        Map<Integer, String> digests = new TreeMap<>();
        for (int id : cluster.ids()) {
            if (cluster.node(id).isAlive()) {
                digests.put(id, page(cluster, id, "/v1/metadata/digest").body());
            }
        }
        return digests;
    }

    public static HttpResponse<String> page(ClusterProcess cluster, int id, String path) {
        URI uri = URI.create("http://" + cluster.node(id).httpAddress() + path);
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
