package io.chronik.server.api;

import java.util.List;
import org.apache.kafka.common.acl.AclOperation;

/// What a client may do, as the bit fields of Metadata and Describe replies (KIP-430). Without an authorizer everyone
/// may do everything that exists for a kind of resource.
final class AuthorizedOperations {
    static final int NOT_ASKED = Integer.MIN_VALUE;

    static final int TOPIC = bits(List.of(
            AclOperation.READ,
            AclOperation.WRITE,
            AclOperation.CREATE,
            AclOperation.DELETE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS));

    static final int CLUSTER = bits(List.of(
            AclOperation.CREATE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE,
            AclOperation.CLUSTER_ACTION,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS,
            AclOperation.IDEMPOTENT_WRITE));

    private AuthorizedOperations() {}

    private static int bits(List<AclOperation> operations) {
        int bits = 0;
        for (AclOperation operation : operations) bits |= 1 << operation.code();
        return bits;
    }
}
