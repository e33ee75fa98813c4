package io.chronik.server.api;

import io.chronik.metadata.config.KafkaConfigCatalog;
import io.chronik.server.config.ConfigChangeCheck;
import io.chronik.server.config.NodeConfig;
import io.chronik.server.metadata.MetadataService;
import java.util.Map;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.ApiKeys;

/// Settings seen and changed by clients: DescribeConfigs, AlterConfigs, IncrementalAlterConfigs, ListConfigResources.
/// `workers` run descriptions, which can be thousands of settings long.
public record ConfigApis(MetadataService metadata, NodeConfig config, Executor workers) {
    public Map<ApiKeys, ApiHandler> handlers() {
        KafkaConfigCatalog catalog = new KafkaConfigCatalog();
        ConfigChangeCheck check = new ConfigChangeCheck(catalog, config);
        return Map.of(
                ApiKeys.DESCRIBE_CONFIGS, new DescribeConfigsHandler(metadata, catalog, config, workers),
                ApiKeys.ALTER_CONFIGS, new AlterConfigsHandler(metadata, check),
                ApiKeys.INCREMENTAL_ALTER_CONFIGS, new IncrementalAlterConfigsHandler(metadata, check, config.nodeId()),
                ApiKeys.LIST_CONFIG_RESOURCES, new ListConfigResourcesHandler(metadata));
    }
}
