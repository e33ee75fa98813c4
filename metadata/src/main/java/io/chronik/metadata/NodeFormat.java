package io.chronik.metadata;

/// A node's registration as fields.
final class NodeFormat {
    private NodeFormat() {}

    static void write(FieldWriter out, NodeImage node) {
        out.number("nodeId", node.id());
        out.number("nodeEpoch", node.epoch());
        out.uuid("directoryId", node.directoryId());
        out.uuid("incarnationId", node.incarnationId());
        out.objects("endpoints", node.endpoints(), NodeFormat::writeEndpoint);
        String rack = node.rack();
        if (rack != null) out.string("rack", rack);
        out.string("state", node.state().name());
        if (node.draining()) out.flag("draining", true);
        if (node.reportedIndex() != 0) out.number("reportedIndex", node.reportedIndex());
        if (!node.levels().equals(MetadataLevels.Known.FIRST_ONLY)) {
            out.number("oldestLevel", node.levels().oldest());
            out.number("newestLevel", node.levels().newest());
        }
    }

    static NodeImage read(FieldReader in) {
        return new NodeImage(
                in.int32("nodeId"),
                in.number("nodeEpoch"),
                in.uuid("directoryId"),
                in.uuid("incarnationId"),
                in.objects("endpoints", NodeFormat::readEndpoint),
                in.stringOrNull("rack"),
                state(in.string("state")),
                in.has("draining") && in.flag("draining"),
                in.has("reportedIndex") ? in.number("reportedIndex") : 0,
                levels(in));
    }

    private static MetadataLevels.Known levels(FieldReader in) {
        int oldest = in.int32("oldestLevel", MetadataLevels.FIRST);
        int newest = in.int32("newestLevel", MetadataLevels.FIRST);
        return new MetadataLevels.Known((short) oldest, (short) newest);
    }

    /// As nodes were written before they had states.
    static NodeImage readV1(FieldReader in) {
        return new NodeImage(
                in.int32("nodeId"),
                in.number("nodeEpoch"),
                in.uuid("directoryId"),
                in.objects("endpoints", NodeFormat::readEndpoint),
                in.stringOrNull("rack"),
                in.flag("fenced"));
    }

    private static NodeImage.State state(String name) {
        for (NodeImage.State known : NodeImage.State.values()) {
            if (known.name().equals(name)) return known;
        }
        throw new MalformedCommand("unknown state of a node " + name);
    }

    private static void writeEndpoint(FieldWriter out, NodeImage.Endpoint endpoint) {
        out.string("listener", endpoint.listener());
        out.string("securityProtocol", endpoint.securityProtocol());
        out.string("host", endpoint.host());
        out.number("port", endpoint.port());
    }

    private static NodeImage.Endpoint readEndpoint(FieldReader in) {
        return new NodeImage.Endpoint(
                in.string("listener"), in.string("securityProtocol"), in.string("host"), in.int32("port"));
    }
}
