package io.chronik.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.server.http.AdminHttp.Content;
import io.chronik.server.http.AdminHttp.Health;
import io.chronik.server.http.AdminHttp.Page;
import io.chronik.server.net.BindFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminHttpTest {
    private final AtomicReference<Health> health = new AtomicReference<>(new Health(true, "ok"));
    private AdminHttp http;

    @BeforeEach
    void start() throws BindFailure {
        Map<String, Page> pages = Map.of(
                "/readyz", Page.check(health::get),
                "/metrics", () -> Content.text(200, "m 1\n"),
                "/v1/metadata/digest", () -> Content.json("{\"appliedIndex\":7}"),
                "/broken",
                        () -> {
                            throw new IllegalStateException("secret");
                        });
        http = AdminHttp.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), List.of("chronik.example"), pages);
    }

    @AfterEach
    void stop() {
        http.close();
    }

    private String ask(String request) throws IOException {
        try (Socket socket =
                new Socket(http.address().getAddress(), http.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String get(String path, String host) throws IOException {
        return ask("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    }

    @Test
    void pagesAreServedByExactPathAndListedAtTheRoot() throws Exception {
        assertThat(get("/metrics", "localhost")).startsWith("HTTP/1.1 200").contains("m 1\n");
        assertThat(get("/metrics?name[]=x", "localhost")).startsWith("HTTP/1.1 200");
        assertThat(get("/", "localhost")).contains("/metrics\n/readyz\n/v1/metadata/digest");
        assertThat(get("/v1/metadata/digest", "localhost"))
                .contains("application/json")
                .contains("{\"appliedIndex\":7}");
        assertThat(get("/metrics/x", "localhost")).startsWith("HTTP/1.1 404");
        assertThat(get("/../etc/passwd", "localhost")).startsWith("HTTP/1.1 404");
    }

    @Test
    void aFailedCheckIsServiceUnavailable() throws Exception {
        assertThat(get("/readyz", "localhost")).startsWith("HTTP/1.1 200").contains("ok");
        health.set(new Health(false, "recovering"));
        assertThat(get("/readyz", "localhost")).startsWith("HTTP/1.1 503").contains("recovering");
    }

    @Test
    void onlyNamesThatCannotBeReboundAreServed() throws Exception {
        for (String host : List.of("localhost:8080", "127.0.0.1", "[::1]:8080", "chronik.EXAMPLE:1", "10.1.2.3"))
            assertThat(get("/metrics", host)).as(host).startsWith("HTTP/1.1 200");
        for (String host : List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", ""))
            assertThat(get("/metrics", host)).as(host).startsWith("HTTP/1.1 403");
    }

    @Test
    void nothingButReadingIsAllowed() throws Exception {
        for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "TRACE"))
            assertThat(ask(method + " /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 405")
                    .contains("Allow: GET, HEAD");
        assertThat(ask("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200")
                .doesNotContain("m 1");
    }

    @Test
    void aFailingPageTellsNoInternals() throws Exception {
        assertThat(get("/broken", "localhost"))
                .startsWith("HTTP/1.1 500")
                .doesNotContain("secret")
                .doesNotContain("at io.chronik");
    }

    @Test
    void anOversizedHeadIsRefused() throws Exception {
        String answer;
        try {
            answer = get("/metrics", "localhost\r\nX: " + "y".repeat(100_000));
        } catch (IOException hungUp) {
            answer = "";
        }
        assertThat(answer).doesNotContain("m 1");
        assertThat(get("/metrics", "localhost")).contains("m 1");
    }

    @Test
    void aTakenPortIsNamed() {
        assertThatThrownBy(() -> AdminHttp.start(http.address(), List.of(), Map.of()))
                .isInstanceOf(BindFailure.class)
                .hasMessageContaining("(listener HTTP): the port is in use");
    }
}
