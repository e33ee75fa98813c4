package io.chronik.server.config;

import org.apache.kafka.clients.admin.AlterConfigOp;
import org.jspecify.annotations.Nullable;

/// One change that a client asks for, as it came: `operation` is null when it is none that exists.
public record ConfigChange(
        String name,
        AlterConfigOp.@Nullable OpType operation,
        @Nullable String value) {}
