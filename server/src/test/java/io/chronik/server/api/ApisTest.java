package io.chronik.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.server.api.Apis.Range;
import io.chronik.server.net.ClientConnection;
import io.chronik.server.net.ClientRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;

class ApisTest {
    private static final ApiVersionsHandler.Identity IDENTITY = new ApiVersionsHandler.Identity("cluster", 1, () -> 77);

    private static final class Asked implements ClientRequest {
        private final ApiVersionsRequest body;
        private final List<AbstractResponse> replies = new ArrayList<>();

        Asked(ApiVersionsRequest body) {
            this.body = body;
        }

        @Override
        public RequestHeader header() {
            return new RequestHeader(ApiKeys.API_VERSIONS, body.version(), "c", 1);
        }

        @Override
        public AbstractRequest body() {
            return body;
        }

        @Override
        public ClientConnection connection() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long receivedNs() {
            return 0;
        }

        @Override
        public void reply(AbstractResponse response) {
            replies.add(response);
        }

        @Override
        public void replyNothing() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close(String reason) {
            throw new UnsupportedOperationException();
        }
    }

    private static ApiVersionsResponseData ask(Apis apis, ApiVersionsRequestData data, int version) {
        Asked asked = new Asked(new ApiVersionsRequest(data, (short) version));
        apis.handle(asked);
        return ((ApiVersionsResponse) asked.replies.getFirst()).data();
    }

    private static ApiVersionsRequestData client() {
        return new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1");
    }

    @Test
    void everyRangeIsThatOfKafka44() throws Exception {
        // Given
        Apis.Builder builder = new Apis.Builder();
        for (ApiKeys api : ApiKeys.brokerApis()) if (api != ApiKeys.API_VERSIONS) builder.add(api, _ -> {});
        Apis apis = builder.build(IDENTITY);
        // When
        List<String> table = new String(
                        getClass()
                                .getResourceAsStream("kafka-4.4.0-apiversions.tsv")
                                .readAllBytes(),
                        StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("broker\t"))
                .toList();
        // Then
        assertThat(table).hasSize(77);
        for (String line : table) {
            String[] column = line.split("\t", -1);
            assertThat(apis.ranges().get(ApiKeys.forId(Integer.parseInt(column[1]))))
                    .as(line)
                    .isEqualTo(new Range(Short.parseShort(column[3]), Short.parseShort(column[4])));
        }
    }

    @Test
    void onlyWhatIsRegisteredIsAdvertised() {
        Apis apis = new Apis.Builder().add(ApiKeys.PRODUCE, _ -> {}).build(IDENTITY);
        assertThat(ask(apis, client(), 4).apiKeys())
                .containsExactly(
                        new ApiVersion()
                                .setApiKey((short) 0)
                                .setMinVersion((short) 0)
                                .setMaxVersion((short) 13),
                        new ApiVersion()
                                .setApiKey((short) 18)
                                .setMinVersion((short) 0)
                                .setMaxVersion((short) 5));
        assertThat(apis.serves(ApiKeys.PRODUCE, (short) 3)).isTrue();
        assertThat(apis.serves(ApiKeys.PRODUCE, (short) 2)).isFalse();
        assertThat(apis.serves(ApiKeys.FETCH, (short) 12)).isFalse();
        assertThat(apis.serves(ApiKeys.API_VERSIONS, (short) 5)).isTrue();
    }

    @Test
    void removedAndDoubledKeysAreRefused() {
        Apis.Builder builder = new Apis.Builder().add(ApiKeys.PRODUCE, _ -> {});
        assertThatThrownBy(() -> builder.add(ApiKeys.PRODUCE, _ -> {})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.add(ApiKeys.LEADER_AND_ISR, _ -> {}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void featuresWithAMinimumOf0AreLeftOutBeforeV4() {
        // Given
        Apis apis = new Apis.Builder()
                .add(ApiKeys.CONSUMER_GROUP_HEARTBEAT, _ -> {})
                .build(IDENTITY);
        // When
        ApiVersionsResponseData v3 = ask(apis, client(), 3);
        ApiVersionsResponseData v4 = ask(apis, client(), 4);
        // Then
        assertThat(v3.supportedFeatures())
                .extracting(SupportedFeatureKey::name)
                .containsExactly("chronik.metadata.version", "metadata.version");
        assertThat(v4.supportedFeatures())
                .extracting(SupportedFeatureKey::name)
                .containsExactly("chronik.metadata.version", "group.version", "kraft.version", "metadata.version");
        assertThat(v4.finalizedFeatures().find("group.version").maxVersionLevel())
                .isEqualTo((short) 1);
        assertThat(v4.finalizedFeatures().find("transaction.version")).isNull();
        assertThat(v4.finalizedFeaturesEpoch()).isEqualTo(77);
    }

    @Test
    void groupVersionGoesWithTheConsumerGroupApi() {
        Apis apis = new Apis.Builder().build(IDENTITY);
        assertThat(ask(apis, client(), 4).finalizedFeatures().find("group.version"))
                .isNull();
    }

    @Test
    void aClientThatMeansAnotherNodeIsToldToRebootstrap() {
        Apis apis = new Apis.Builder().build(IDENTITY);
        assertThat(ask(apis, client().setClusterId("cluster").setNodeId(1), 5).errorCode())
                .isZero();
        assertThat(ask(apis, client(), 5).errorCode()).isZero();
        assertThat(ask(apis, client().setNodeId(1), 5).errorCode())
                .as("one without the other")
                .isEqualTo(Errors.INVALID_REQUEST.code());
        for (ApiVersionsRequestData other : List.of(
                client().setClusterId("other").setNodeId(1),
                client().setClusterId("cluster").setNodeId(2)))
            assertThat(ask(apis, other, 5).errorCode()).isEqualTo(Errors.REBOOTSTRAP_REQUIRED.code());
    }

    @Test
    void anInvalidSoftwareNameIsRefused() {
        Apis apis = new Apis.Builder().build(IDENTITY);
        for (String name : List.of("", "-a", "a b", "a\u0007"))
            assertThat(ask(apis, client().setClientSoftwareName(name), 3).errorCode())
                    .isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(ask(apis, new ApiVersionsRequestData(), 2).errorCode()).isZero();
    }
}
