package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.cluster.ClusterNetwork.Direction;
import io.chronik.it.node.Command;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The tool is trusted after it has been seen to cut, and only what it was told to.
@Tag("cluster")
class NetnsNetworkTest {
    @Test
    void cutsWhatItIsToldAndHeals() throws IOException {
        try (NetnsNetwork network = NetnsNetwork.of(2);
                ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(network.host(ClusterNetwork.CLIENTS), 0), 50);
            int port = server.getLocalPort();
            assertThat(reaches(network, 1, port)).isTrue();
            assertThat(reaches(network, 2, port)).isTrue();

            network.cut(1, ClusterNetwork.CLIENTS, Direction.ONE_WAY);
            assertThat(reaches(network, 1, port)).as("what 1 sends is lost").isFalse();
            assertThat(reaches(network, 2, port)).as("2 is not concerned").isTrue();
            network.heal();
            assertThat(reaches(network, 1, port)).isTrue();

            network.cut(ClusterNetwork.CLIENTS, 1, Direction.ONE_WAY);
            assertThat(reaches(network, 1, port)).as("answers to 1 are lost").isFalse();
            network.heal();
            network.cut(1, 2, Direction.BOTH);
            assertThat(reaches(network, 1, port))
                    .as("clients are not concerned")
                    .isTrue();
        }
    }

    private static boolean reaches(NetnsNetwork network, int node, int port) {
        List<String> command = new ArrayList<>(network.inNamespace(node));
        String connect = "exec 3<>/dev/tcp/" + network.host(ClusterNetwork.CLIENTS) + "/" + port;
        command.addAll(List.of("timeout", "1.5", "bash", "-c", connect));
        return Command.run(Duration.ofSeconds(10), command).exitCode() == 0;
    }
}
