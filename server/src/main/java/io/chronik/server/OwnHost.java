package io.chronik.server;

import io.chronik.server.config.ClusterConfig;
import io.chronik.server.config.HostPort;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which of this machine's addresses others should use, for a node that listens on all of them and advertises none:
/// the one that it would itself use on the way to them.
final class OwnHost {
    /// Reserved for documentation (RFC 5737): the way there is the way to anywhere.
    private static final HostPort ANYWHERE = new HostPort("192.0.2.1", 9);

    private OwnHost() {}

    /// The address on the way to one of the cluster's other nodes, else on the way to anywhere, else loopback.
    static String of(ClusterConfig cluster, int nodeId) {
        List<HostPort> ways = new ArrayList<>(cluster.members());
        cluster.founders().forEach((id, address) -> {
            if (id != nodeId) ways.add(address);
        });
        ways.add(ANYWHERE);
        for (HostPort way : ways) {
            InetAddress local = towards(way);
            if (local != null && !local.isAnyLocalAddress()) return local.getHostAddress();
        }
        return InetAddress.getLoopbackAddress().getHostAddress();
    }

    /// Connecting a datagram socket chooses the way and sends nothing.
    private static @Nullable InetAddress towards(HostPort address) {
        InetSocketAddress other = new InetSocketAddress(address.host(), address.port());
        if (other.isUnresolved()) return null;
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(other);
            return socket.getLocalAddress();
        } catch (SocketException | UncheckedIOException noWay) {
            return null;
        }
    }
}
