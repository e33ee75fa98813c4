package io.chronik.server.replica;

import io.chronik.log.DiskSyncer;
import io.chronik.log.SyncTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Syncs when the test says so.
final class RoundSyncer implements DiskSyncer {
    private final Set<Client> waiting = new LinkedHashSet<>();

    @Override
    public void requestSync(Client client) {
        waiting.add(client);
    }

    void runRound() {
        List<Client> clients = List.copyOf(waiting);
        waiting.clear();
        List<SyncTask> tasks = new ArrayList<>();
        for (Client client : clients) tasks.add(client.syncTask());
        try {
            for (SyncTask task : tasks) task.sync();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i < clients.size(); i++) clients.get(i).onSynced(tasks.get(i));
    }

    @Override
    public void close() {}
}
