package io.chronik.server.metadata;

import org.apache.kafka.common.Uuid;

/// Who the node is, for as long as its data directory exists: the cluster it belongs to, its number there, and the
/// directory itself (KIP-858: another disk under the same number is recognised by another directory id).
public record NodeIdentity(String clusterId, int nodeId, Uuid directoryId) {}
