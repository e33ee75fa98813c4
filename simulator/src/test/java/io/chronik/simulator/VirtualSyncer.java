package io.chronik.simulator;

import io.chronik.log.DiskSyncer;
import io.chronik.log.SimulatedLogs;
import io.chronik.log.SyncTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Rounds of syncs in virtual time: one after the other, and who asks meanwhile is in the next one. The bytes become
/// durable at some moment of the round.
final class VirtualSyncer implements DiskSyncer {
    private final SimulatedProcess process;
    private final Chance chance;
    private final SimulatedLogs logs;
    private final Faults faults;
    private final Set<Client> waiting = new LinkedHashSet<>();
    private boolean busy;

    VirtualSyncer(SimulatedProcess process, Chance chance, SimulatedLogs logs, Faults faults) {
        this.process = process;
        this.chance = chance;
        this.logs = logs;
        this.faults = faults;
    }

    @Override
    public void requestSync(Client client) {
        waiting.add(client);
        if (!busy) begin();
    }

    private void begin() {
        busy = true;
        process.afterUs(chance.between(0, 100), () -> {
            List<Client> clients = List.copyOf(waiting);
            waiting.clear();
            List<SyncTask> tasks = new ArrayList<>();
            for (Client client : clients) tasks.add(client.syncTask());
            long durationUs = durationUs();
            long durableUs = chance.between(0, durationUs);
            process.afterUs(durableUs, () -> {
                sync(tasks);
                process.afterUs(durationUs - durableUs, () -> end(clients, tasks));
            });
        });
    }

    private long durationUs() {
        if (chance.percent(faults.slowSyncPercent())) return chance.between(5_000, 150_000);
        return chance.between(100, 4_000);
    }

    private void sync(List<SyncTask> tasks) {
        SimulatedLogs.Round round = faults.journal() && chance.percent(70)
                ? SimulatedLogs.Round.JOURNAL
                : chance.percent(50) ? SimulatedLogs.Round.EACH_FILE : SimulatedLogs.Round.FILE_SYSTEM;
        try {
            logs.sync(tasks, round);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end(List<Client> clients, List<SyncTask> tasks) {
        for (int i = 0; i < clients.size(); i++) clients.get(i).onSynced(tasks.get(i));
        busy = false;
        if (!waiting.isEmpty()) begin();
    }

    @Override
    public void close() {}
}
