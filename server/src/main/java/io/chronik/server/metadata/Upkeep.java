package io.chronik.server.metadata;

import io.chronik.base.Lane;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.controller.ControllerSettings;
import io.chronik.metadata.controller.Decision;
import io.chronik.metadata.controller.DrainPlan;
import io.chronik.metadata.controller.InternalTopicGrowth;
import io.chronik.metadata.controller.LeaderBalance;
import io.chronik.metadata.controller.Membership;
import io.chronik.server.controller.NodeLiveness;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// What the controller does by itself from time to time, in one term: it empties nodes that are drained, lets internal
/// topics grow, gives leadership back, and writes down how far the nodes' disks are. On the controller's lane.
final class Upkeep {
    private static final long DRAIN_MS = 1_000;
    private static final long GROWTH_MS = 5_000;
    private static final long INDEXES_MS = 10_000;
    private static final int MAX_MOVES = 20;
    private static final int MAX_ELECTIONS = 1_000;
    private static final int OFFSETS_REPLICATION_FACTOR = 3;

    private final Lane lane;
    private final NodeSupervision.Decisions decisions;
    private final List<Task> tasks = new ArrayList<>();
    private boolean ended;

    private record Task(long everyMs, Function<ClusterImage, List<Command>> work) {}

    Upkeep(
            Lane lane,
            NodeSupervision.Decisions decisions,
            NodeLiveness liveness,
            ControllerSettings settings,
            ConfigCatalog catalog,
            long balanceMs) {
        this.lane = lane;
        this.decisions = decisions;
        int offsetsReplicas = offsetsReplicationFactor(settings);
        LeaderBalance balance = new LeaderBalance();
        tasks.add(new Task(DRAIN_MS, newest -> DrainPlan.next(newest, MAX_MOVES)));
        tasks.add(new Task(GROWTH_MS, newest -> InternalTopicGrowth.next(newest, offsetsReplicas, MAX_MOVES)));
        tasks.add(new Task(
                INDEXES_MS, newest -> new Membership(newest, settings, catalog).recordIndexes(liveness.indexes())));
        if (balanceMs > 0) tasks.add(new Task(balanceMs, newest -> balance.next(newest, MAX_ELECTIONS)));
    }

    private static int offsetsReplicationFactor(ControllerSettings settings) {
        String set = settings.brokerProperties().get("offsets.topic.replication.factor");
        return set == null ? OFFSETS_REPLICATION_FACTOR : Integer.parseInt(set.trim());
    }

    void begin() {
        tasks.forEach(this::plan);
    }

    void end() {
        ended = true;
    }

    /// The next time comes when this one is through: whoever can't commit makes no heap of proposals.
    private void plan(Task task) {
        if (ended) return;
        lane.after(task.everyMs(), () -> {
            if (ended) return;
            var _ = decisions
                    .decide(newest -> new Decision<>(task.work().apply(newest), true))
                    .whenComplete((_, _) -> lane.execute(() -> plan(task)));
        });
    }
}
