package io.chronik.server.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.chronik.server.net.BindFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's HTTP side: reads only, for people, probes and Prometheus. One virtual thread per request, so a page may
/// block. The JDK's server: see docs/adr.
///
/// Answers only who asks for a loopback name, an address, or the configured host, so that a web page whose name was
/// pointed here (DNS rebinding) reads nothing. Tells no internals when something fails.
public final class AdminHttp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHttp.class);

    static {
        // Read once by the JDK's server when it is first used: seconds, seconds, connections, bytes, lines.
        limit("sun.net.httpserver.maxReqTime", "10");
        limit("sun.net.httpserver.maxRspTime", "60");
        limit("jdk.httpserver.maxConnections", "200");
        limit("sun.net.httpserver.maxReqHeaderSize", "16384");
        limit("sun.net.httpserver.maxReqHeaders", "64");
    }

    /// What a path shows.
    @FunctionalInterface
    public interface Page {
        Content content() throws IOException;

        /// Text that is 200 when `ok`, 503 otherwise.
        static Page check(java.util.function.Supplier<Health> health) {
            return () -> {
                Health now = health.get();
                return Content.text(now.ok() ? 200 : 503, now.reason() + "\n");
            };
        }
    }

    /// `reason` in a few words: "ok", "recovering 3 of 12 partitions".
    public record Health(boolean ok, String reason) {}

    /// Writes a body.
    @FunctionalInterface
    public interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    public record Content(int status, String type, Body body) {
        public static Content text(int status, String text) {
            return new Content(
                    status, "text/plain; charset=utf-8", out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        }

        public static Content json(String text) {
            return new Content(200, "application/json", out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final HostCheck hosts;
    private final Map<String, Page> pages;

    private AdminHttp(HttpServer server, HostCheck hosts, Map<String, Page> pages) {
        this.server = server;
        this.hosts = hosts;
        this.pages = new TreeMap<>(pages);
        this.threads = Executors.newVirtualThreadPerTaskExecutor();
    }

    /// Binds and serves at once. `pages` by exact path; `/` lists them. `extraHosts` are names that clients may use,
    /// beside the loopback's and that of `address`. Port 0 takes a free one.
    public static AdminHttp start(InetSocketAddress address, List<String> extraHosts, Map<String, Page> pages)
            throws BindFailure {
        if (address.isUnresolved())
            throw BindFailure.of("HTTP", address, new UnknownHostException(address.getHostString()));
        List<String> hosts = new ArrayList<>(extraHosts);
        hosts.add(address.getHostString());
        try {
            AdminHttp http = new AdminHttp(HttpServer.create(address, 0), new HostCheck(hosts), pages);
            http.server.setExecutor(http.threads);
            http.server.createContext("/", http::handle);
            http.server.start();
            LOG.atInfo().addKeyValue("address", http.address()).log("HTTP listening");
            return http;
        } catch (IOException e) {
            throw BindFailure.of("HTTP", address, e);
        }
    }

    public InetSocketAddress address() {
        return server.getAddress();
    }

    @SuppressWarnings("try") // Closing an exchange ends the request whatever happened.
    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            respond(exchange, content(exchange));
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("HTTP client went away");
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("path", exchange.getHttpContext().getPath())
                    .setCause(e)
                    .log("HTTP request failed");
        }
    }

    private Content content(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return Content.text(405, "only GET and HEAD\n");
        }
        if (!hosts.allows(exchange.getRequestHeaders().getFirst("Host")))
            return Content.text(403, "this host name is not served\n");
        String path = exchange.getRequestURI().getPath();
        if ("/".equals(path)) return Content.text(200, "Chronik\n\n" + String.join("\n", pages.keySet()) + "\n");
        Page page = path == null ? null : pages.get(path);
        if (page == null) return Content.text(404, "not found\n");
        try {
            return page.content();
        } catch (IOException | RuntimeException e) {
            LOG.atError().addKeyValue("path", path).setCause(e).log("HTTP page failed");
            return Content.text(500, "internal error; see the log\n");
        }
    }

    private static void respond(HttpExchange exchange, Content content) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", content.type());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(content.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(content.status(), 0);
        try (OutputStream body = exchange.getResponseBody()) {
            content.body().writeTo(body);
        }
    }

    private static void limit(String property, String value) {
        if (System.getProperty(property) == null) System.setProperty(property, value);
    }

    /// Stops at once; requests under way are cut.
    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
