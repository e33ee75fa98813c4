package io.chronik.server.http;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which Host headers are answered. A web page can make a browser ask us under the page's own name, never under an
/// address or a loopback name; so addresses, loopback names and configured names are safe, other names are not.
final class HostCheck {
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.%]+]");

    private final Set<String> names = new HashSet<>();

    HostCheck(List<String> configured) {
        names.add("localhost");
        for (String name : configured) names.add(name.toLowerCase(Locale.ROOT));
    }

    /// `header` is `host` or `host:port`. Browsers always send it; who does not is none.
    boolean allows(@Nullable String header) {
        if (header == null) return true;
        String host = withoutPort(header.toLowerCase(Locale.ROOT));
        return names.contains(host)
                || host.endsWith(".localhost")
                || IPV4.matcher(host).matches()
                || IPV6.matcher(host).matches();
    }

    private static String withoutPort(String header) {
        int colon = header.lastIndexOf(':');
        boolean port = colon >= 0 && header.indexOf(']', colon) < 0;
        return port ? header.substring(0, colon) : header;
    }
}
