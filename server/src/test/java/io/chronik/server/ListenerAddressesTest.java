package io.chronik.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage.Endpoint;
import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.server.api.AdvertisedAddress;
import io.chronik.server.config.HostPort;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.config.NodeConfigLoader;
import io.chronik.server.config.StartFlags;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientConnection;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What other nodes and clients are told of where a node is.
class ListenerAddressesTest {
    private static final Map<String, Integer> BOUND = Map.of("PLAINTEXT", 40_001, "CONTROLLER", 40_002);

    private static NodeConfig config(String... settings) {
        return new NodeConfigLoader(new KafkaConfigCatalog()).load(null, Map.of(), List.of(settings), StartFlags.NONE);
    }

    private static List<Endpoint> registered(String... settings) {
        return ListenerAddresses.toRegister(config(settings).listeners(), BOUND, () -> "10.0.0.7");
    }

    @Test
    void allAddressesIsNoAddress() {
        assertThat(registered(
                        "chronik.insecure.listener.allow=true",
                        "listeners=PLAINTEXT://0.0.0.0:9092",
                        "chronik.internal.listener=[::]:0"))
                .containsExactly(
                        new Endpoint("PLAINTEXT", "PLAINTEXT", "10.0.0.7", 9092),
                        new Endpoint("CONTROLLER", "PLAINTEXT", "10.0.0.7", 40_002));
    }

    @Test
    void whatIsAdvertisedWinsAndPortsAreThoseReallyBound() {
        assertThat(registered(
                        "chronik.insecure.listener.allow=true",
                        "listeners=PLAINTEXT://127.0.0.1:0",
                        "chronik.internal.listener=0.0.0.0:9093",
                        "advertised.listeners=CONTROLLER://n1:9099"))
                .containsExactly(
                        new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 40_001),
                        new Endpoint("CONTROLLER", "PLAINTEXT", "n1", 9099));
    }

    @Test
    void aNodeThatNobodyKnowsHasNoAddress() throws Exception {
        NodeConfig config = config();
        MetadataService metadata = (MetadataService) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {MetadataService.class}, (_, _, _) -> ClusterImage.EMPTY);
        var addresses = new ListenerAddresses(1, metadata, config.listeners(), 40_002);
        InetSocketAddress local = new InetSocketAddress(InetAddress.getByName("127.0.0.3"), 9092);
        ClientConnection connection = (ClientConnection) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ClientConnection.class},
                (_, method, _) -> method.getName().equals("listener") ? "PLAINTEXT" : local);
        // Then
        assertThat(addresses.endpointFor(1, connection)).contains(new AdvertisedAddress.Endpoint("127.0.0.3", 9092));
        assertThat(addresses.endpointFor(2, connection)).isEmpty();
        assertThat(addresses.internalAddress(1)).contains(new HostPort("127.0.0.1", 40_002));
        assertThat(addresses.internalAddress(2)).isEmpty();
    }

    @Test
    void anAddressOfThisMachineIsFound() throws Exception {
        NodeConfig config = config("controller.quorum.bootstrap.servers=127.0.0.1:1");
        assertThat(InetAddress.getByName(OwnHost.of(config.cluster(), 1)).isLoopbackAddress())
                .isTrue();
    }
}
