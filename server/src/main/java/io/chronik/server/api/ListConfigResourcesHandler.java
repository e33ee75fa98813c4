package io.chronik.server.api;

import io.chronik.metadata.ClusterImage;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientRequest;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;
import org.apache.kafka.common.requests.ListConfigResourcesResponse;

/// ListConfigResources (KIP-1142): the topics, nodes and groups that settings can be asked of. Version 0 asks for
/// client metrics subscriptions only (KIP-714), which Chronik does not have: an empty list.
final class ListConfigResourcesHandler implements ApiHandler {
    private static final List<ConfigResource.Type> ALL = List.of(
            ConfigResource.Type.TOPIC,
            ConfigResource.Type.BROKER,
            ConfigResource.Type.BROKER_LOGGER,
            ConfigResource.Type.CLIENT_METRICS,
            ConfigResource.Type.GROUP);

    private final MetadataService metadata;

    ListConfigResourcesHandler(MetadataService metadata) {
        this.metadata = metadata;
    }

    @Override
    public void handle(ClientRequest request) {
        ListConfigResourcesRequest asked = (ListConfigResourcesRequest) request.body();
        request.reply(new ListConfigResourcesResponse(answer(asked)));
    }

    private ListConfigResourcesResponseData answer(ListConfigResourcesRequest asked) {
        ListConfigResourcesResponseData data = new ListConfigResourcesResponseData();
        List<ConfigResource.Type> types = types(asked);
        if (!ALL.containsAll(types)) return data.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
        ClusterImage image = metadata.image();
        for (ConfigResource.Type type : types) {
            names(type, image)
                    .forEach(name -> data.configResources()
                            .add(new ListConfigResourcesResponseData.ConfigResource()
                                    .setResourceType(type.id())
                                    .setResourceName(name)));
        }
        return data;
    }

    private static List<ConfigResource.Type> types(ListConfigResourcesRequest asked) {
        if (asked.version() == 0) return List.of(ConfigResource.Type.CLIENT_METRICS);
        if (asked.data().resourceTypes().isEmpty()) return ALL;
        return asked.data().resourceTypes().stream()
                .distinct()
                .map(ConfigResource.Type::forId)
                .toList();
    }

    private static Stream<String> names(ConfigResource.Type type, ClusterImage image) {
        return switch (type) {
            case TOPIC -> new TreeSet<>(image.topicsByName().keySet()).stream();
            case BROKER, BROKER_LOGGER ->
                new TreeSet<>(image.nodes().keySet()).stream().map(String::valueOf);
            case GROUP ->
                image.configs().keySet().stream()
                        .filter(resource -> resource.type() == ConfigResource.Type.GROUP)
                        .map(ConfigResource::name)
                        .sorted();
            case CLIENT_METRICS, UNKNOWN -> Stream.empty();
        };
    }
}
