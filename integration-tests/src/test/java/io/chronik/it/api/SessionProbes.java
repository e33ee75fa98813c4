package io.chronik.it.api;

import static io.chronik.it.api.Probe.error;
import static io.chronik.it.api.Probe.shows;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.wire.RawKafka;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// What a client asks first: versions, the cluster, a producer id.
final class SessionProbes {
    private SessionProbes() {}

    static List<Probe> all() {
        return List.of(
                new Probe(
                        ApiKeys.API_VERSIONS,
                        shows("lists Produce 0-13", SessionProbes::listsVersions),
                        shows("a client name with a blank: INVALID_REQUEST", SessionProbes::refusesClientName)),
                new Probe(
                        ApiKeys.DESCRIBE_CLUSTER,
                        shows("names the one broker and the cluster id", SessionProbes::describesCluster),
                        shows("endpoint type 9: UNSUPPORTED_ENDPOINT_TYPE", SessionProbes::refusesEndpointType)),
                new Probe(
                        ApiKeys.INIT_PRODUCER_ID,
                        shows("two calls, two ids, epoch 0", SessionProbes::givesProducerIds),
                        shows("an empty transactional id: INVALID_REQUEST", SessionProbes::refusesTransactionalId)));
    }

    private static void listsVersions(RawKafka kafka, short version) {
        ApiVersionsRequestData request = new ApiVersionsRequestData();
        if (version >= 3) {
            request.setClientSoftwareName("probe").setClientSoftwareVersion("1.0");
        }
        var response = kafka.wire().call(ApiKeys.API_VERSIONS, version, request, ApiVersionsResponseData.class);
        assertThat(error(response.errorCode())).isEqualTo(Errors.NONE);
        var produce = response.apiKeys().find(ApiKeys.PRODUCE.id);
        assertThat(produce.minVersion()).isZero();
        assertThat(produce.maxVersion()).isEqualTo((short) 13);
    }

    private static void refusesClientName(RawKafka kafka, short version) {
        if (version < 3) {
            return; // Nothing in an older request can be wrong.
        }
        var request =
                new ApiVersionsRequestData().setClientSoftwareName("not a name").setClientSoftwareVersion("1.0");
        var response = kafka.wire().call(ApiKeys.API_VERSIONS, version, request, ApiVersionsResponseData.class);
        assertThat(error(response.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
    }

    private static void describesCluster(RawKafka kafka, short version) {
        var response = kafka.wire()
                .call(
                        ApiKeys.DESCRIBE_CLUSTER,
                        version,
                        new DescribeClusterRequestData(),
                        DescribeClusterResponseData.class);
        assertThat(error(response.errorCode())).isEqualTo(Errors.NONE);
        assertThat(response.clusterId()).hasSize(22);
        assertThat(response.brokers()).hasSize(1);
        assertThat(response.controllerId())
                .isEqualTo(response.brokers().iterator().next().brokerId());
    }

    private static void refusesEndpointType(RawKafka kafka, short version) {
        if (version < 1) {
            return; // Version 0 has no field that a client could get wrong.
        }
        var response = kafka.wire()
                .call(
                        ApiKeys.DESCRIBE_CLUSTER,
                        version,
                        new DescribeClusterRequestData().setEndpointType((byte) 9),
                        DescribeClusterResponseData.class);
        assertThat(error(response.errorCode())).isEqualTo(Errors.UNSUPPORTED_ENDPOINT_TYPE);
    }

    private static void givesProducerIds(RawKafka kafka, short version) {
        // A coordinator that has just started may still be loading.
        GroupProbes.waitForCoordinator(
                () -> error(initProducerId(kafka, version, null).errorCode()));
        InitProducerIdResponseData first = initProducerId(kafka, version, null);
        InitProducerIdResponseData second = initProducerId(kafka, version, null);
        assertThat(error(first.errorCode())).isEqualTo(Errors.NONE);
        assertThat(first.producerEpoch()).isZero();
        assertThat(second.producerId()).isNotEqualTo(first.producerId()).isNotNegative();
    }

    private static void refusesTransactionalId(RawKafka kafka, short version) {
        assertThat(error(initProducerId(kafka, version, "").errorCode())).isEqualTo(Errors.INVALID_REQUEST);
    }

    private static InitProducerIdResponseData initProducerId(
            RawKafka kafka, short version, @org.jspecify.annotations.Nullable String transactionalId) {
        var request = new InitProducerIdRequestData()
                .setTransactionalId(transactionalId)
                .setTransactionTimeoutMs(60_000);
        return kafka.wire().call(ApiKeys.INIT_PRODUCER_ID, version, request, InitProducerIdResponseData.class);
    }
}
