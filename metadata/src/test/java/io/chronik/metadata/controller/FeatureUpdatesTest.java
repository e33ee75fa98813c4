package io.chronik.metadata.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureUpdatesTest {
    @ParameterizedTest
    @CsvSource({
        "group.version, 1, UPGRADE, NONE, 1",
        "group.version, 0, SAFE_DOWNGRADE, NONE, 0",
        "group.version, 0, UNSAFE_DOWNGRADE, NONE, 0",
        "group.version, 0, UPGRADE, INVALID_UPDATE_VERSION, 1",
        "group.version, 2, UPGRADE, INVALID_UPDATE_VERSION, 1",
        "group.version, -1, SAFE_DOWNGRADE, INVALID_UPDATE_VERSION, 1",
        "metadata.version, 33, UPGRADE, NONE, 33",
        "metadata.version, 34, UPGRADE, INVALID_UPDATE_VERSION, 33",
        "metadata.version, 6, SAFE_DOWNGRADE, INVALID_UPDATE_VERSION, 33",
        "group.version, 1, UNKNOWN, INVALID_REQUEST, 1",
        "chronik.metadata.version, 1, UPGRADE, NONE, 1",
        "chronik.metadata.version, 2, UPGRADE, INVALID_UPDATE_VERSION, 1",
        "chronik.metadata.version, 0, UNSAFE_DOWNGRADE, INVALID_UPDATE_VERSION, 1",
        "moon.version, 1, UPGRADE, INVALID_UPDATE_VERSION, 0",
    })
    void everyUpdateHasItsAnswer(String feature, short level, UpgradeType type, Errors expected, short after) {
        // When
        Decision<UpdateFeaturesResponseData> decision =
                FeatureUpdates.decide(request(feature, level, type), ClusterImage.EMPTY);

        // Then
        assertThat(Errors.forCode(decision.reply().errorCode())).isEqualTo(expected);
        assertThat(Errors.forCode(decision.reply().results().find(feature).errorCode()))
                .isEqualTo(expected);
        assertThat(FeatureUpdates.level(Images.applied(ClusterImage.EMPTY, decision), feature))
                .isEqualTo(after);
    }

    @Test
    void oneThatIsRefusedStopsAll() {
        // Given
        UpdateFeaturesRequestData request = request("group.version", (short) 0, UpgradeType.SAFE_DOWNGRADE);
        request.featureUpdates()
                .add(new FeatureUpdateKey().setFeature("moon.version").setMaxVersionLevel((short) 1));

        // When
        Decision<UpdateFeaturesResponseData> decision = FeatureUpdates.decide(request, ClusterImage.EMPTY);

        // Then
        assertThat(decision.commands()).isEmpty();
        assertThat(decision.reply().errorMessage()).contains("moon.version");
    }

    @Test
    void validateOnlyChangesNothing() {
        // When
        Decision<UpdateFeaturesResponseData> decision = FeatureUpdates.decide(
                request("group.version", (short) 0, UpgradeType.SAFE_DOWNGRADE).setValidateOnly(true),
                ClusterImage.EMPTY);

        // Then
        assertThat(decision.commands()).isEmpty();
        assertThat(decision.reply().errorCode()).isZero();
    }

    private static UpdateFeaturesRequestData request(String feature, short level, UpgradeType type) {
        UpdateFeaturesRequestData request = new UpdateFeaturesRequestData();
        request.featureUpdates()
                .add(new FeatureUpdateKey()
                        .setFeature(feature)
                        .setMaxVersionLevel(level)
                        .setUpgradeType(type.code()));
        return request;
    }
}
