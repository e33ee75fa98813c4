package io.chronik.server.api;

import io.chronik.server.config.ConfigChange;
import io.chronik.server.logging.LoggerLevels;
import java.util.List;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.LogLevelConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.requests.ApiError;

/// Changes of this node's log levels (KIP-412): all of a request's, or none. They end with the process.
final class LoggerChanges {
    private LoggerChanges() {}

    static ApiError make(String nodeName, int nodeId, List<ConfigChange> changes, boolean validateOnly) {
        try {
            if (!nodeName.equals(String.valueOf(nodeId)))
                throw new InvalidRequestException(
                        "Unexpected broker id, expected " + nodeId + ", but received " + nodeName);
            if (changes.stream().map(ConfigChange::name).distinct().count() < changes.size())
                throw new InvalidRequestException("Error due to duplicate config keys");
            changes.forEach(LoggerChanges::check);
            if (!validateOnly) changes.forEach(LoggerChanges::apply);
            return ApiError.NONE;
        } catch (ApiException refused) {
            return ApiError.fromThrowable(refused);
        }
    }

    private static void check(ConfigChange change) {
        OpType operation = change.operation();
        if (operation == null) throw new InvalidRequestException("Unknown config operation for " + change.name());
        switch (operation) {
            case SET -> {
                String level = change.value();
                if (level == null) throw new InvalidRequestException("Null value not supported for : " + change.name());
                if (!LogLevelConfig.VALID_LOG_LEVELS.contains(level))
                    throw new InvalidConfigurationException("Cannot set the log level of " + change.name() + " to "
                            + level + "; it must be TRACE, DEBUG, INFO, WARN, ERROR or FATAL");
            }
            case DELETE -> {
                if (change.name().equals(LoggerLevels.ROOT))
                    throw new InvalidRequestException("Removing the log level of the root logger is not allowed");
            }
            case APPEND, SUBTRACT -> throw new InvalidRequestException(operation + " is not possible for a log level");
        }
        if (!LoggerLevels.exists(change.name()))
            throw new InvalidConfigurationException("Logger " + change.name() + " does not exist!");
    }

    private static void apply(ConfigChange change) {
        String level = change.value();
        if (change.operation() == OpType.SET && level != null) LoggerLevels.set(change.name(), level);
        else LoggerLevels.reset(change.name());
    }
}
