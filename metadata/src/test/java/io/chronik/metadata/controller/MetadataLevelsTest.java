package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.CATALOG;
import static io.chronik.metadata.controller.Images.SETTINGS;
import static io.chronik.metadata.controller.Images.applied;
import static io.chronik.metadata.controller.Images.disk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.CommandCodec;
import io.chronik.metadata.MetadataLevels;
import io.chronik.metadata.MetadataLevels.Known;
import java.util.List;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/// This release, and one that comes after it: it adds DrainNode at level 2.
class MetadataLevelsTest {
    private static final Known BOTH = new Known((short) 1, (short) 2);
    private static final MetadataLevels NEXT =
            new MetadataLevels(BOTH, command -> command instanceof Command.DrainNode ? 2 : 1);
    private static final Command NEW_COMMAND = new Command.DrainNode(1, true);

    @Test
    void theLevelIsRaisedWhenEveryNodeKnowsIt() {
        // Given
        ClusterImage oneIsOld = registered(registered(ClusterImage.EMPTY, 1, BOTH), 2, Known.FIRST_ONLY);
        ClusterImage allAreNew = registered(oneIsOld, 2, BOTH);

        // When
        var early = FeatureUpdates.decide(raise(UpgradeType.UPGRADE, 2), oneIsOld, NEXT);
        var inTime = FeatureUpdates.decide(raise(UpgradeType.UPGRADE, 2), allAreNew, NEXT);

        // Then
        assertThat(error(early)).isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(early.reply().errorMessage()).contains("Node 2 knows level 1");
        assertThat(early.commands()).isEmpty();
        assertThat(error(inTime)).isEqualTo(Errors.NONE);
        assertThat(MetadataLevels.inForce(applied(allAreNew, inTime))).isEqualTo((short) 2);
    }

    @Test
    void nothingOfALevelIsWrittenBeforeItIsInForce() {
        // Given
        ClusterImage before = registered(ClusterImage.EMPTY, 1, BOTH);
        ClusterImage after = applied(before, FeatureUpdates.decide(raise(UpgradeType.UPGRADE, 2), before, NEXT));

        // Then
        assertThatThrownBy(() -> NEXT.check(NEW_COMMAND, before))
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessageContaining("DrainNode needs level 2");
        assertThatCode(() -> NEXT.check(new Command.Noop(), before)).doesNotThrowAnyException();
        assertThatCode(() -> NEXT.check(NEW_COMMAND, after)).doesNotThrowAnyException();
    }

    @Test
    void aNodeThatDoesNotKnowTheLevelDoesNotJoin() {
        // Given
        ClusterImage image = registered(ClusterImage.EMPTY, 1, BOTH);
        ClusterImage raised = applied(image, FeatureUpdates.decide(raise(UpgradeType.UPGRADE, 2), image, NEXT));

        // Then
        assertThatThrownBy(() -> registered(raised, 2, Known.FIRST_ONLY))
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessageContaining("level 2");
        assertThat(registered(raised, 2, BOTH).node(2)).isPresent();
    }

    @Test
    void aRaisedLevelStays() {
        // Given
        ClusterImage image = registered(ClusterImage.EMPTY, 1, BOTH);
        ClusterImage raised = applied(image, FeatureUpdates.decide(raise(UpgradeType.UPGRADE, 2), image, NEXT));

        // When
        var back = FeatureUpdates.decide(raise(UpgradeType.UNSAFE_DOWNGRADE, 1), raised, NEXT);

        // Then
        assertThat(error(back)).isEqualTo(Errors.INVALID_UPDATE_VERSION);
    }

    @Test
    void whatANodeKnowsIsWrittenDown() {
        // Given
        ClusterImage image = registered(ClusterImage.EMPTY, 1, BOTH);
        Command add = new Command.AddNode(image.node(1).orElseThrow());

        // When
        Command read = CommandCodec.decode(CommandCodec.encode(add));

        // Then
        assertThat(read).isEqualTo(add);
        assertThat(applied(
                                image,
                                new Membership(image, SETTINGS, CATALOG)
                                        .fence(1, image.node(1).orElseThrow().epoch()))
                        .node(1)
                        .orElseThrow()
                        .levels())
                .isEqualTo(BOTH);
    }

    private static ClusterImage registered(ClusterImage image, int node, Known levels) {
        Registration process =
                new Registration(node, disk(node), Uuid.randomUuid(), List.of(), null, Registration.UNKNOWN, levels);
        return applied(image, new Membership(image, SETTINGS, CATALOG).register(process, other -> other > 0));
    }

    private static UpdateFeaturesRequestData raise(UpgradeType type, int level) {
        UpdateFeaturesRequestData request = new UpdateFeaturesRequestData();
        request.featureUpdates()
                .add(new FeatureUpdateKey()
                        .setFeature(MetadataLevels.FEATURE)
                        .setMaxVersionLevel((short) level)
                        .setUpgradeType(type.code()));
        return request;
    }

    private static Errors error(Decision<UpdateFeaturesResponseData> decision) {
        return Errors.forCode(decision.reply().errorCode());
    }
}
