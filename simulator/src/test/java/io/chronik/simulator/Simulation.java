package io.chronik.simulator;

/// A few seconds of a cluster under one seed: first with faults, then in peace.
final class Simulation {
    private static final int FAULTS_MS = 3_000;
    private static final int QUIET_MS = 2_000;
    private static final int REST_MS = 1_200;
    private static final int LAST_ANSWERS_MS = 100;

    private Simulation() {}

    /// What a seed led to.
    record Result(String digest, long events, int acked, int committedOffsets, int leaderEpochs) {}

    /// Throws when something is not as promised.
    static Result run(long seed) {
        Cluster cluster = new Cluster(seed);
        try {
            return run(cluster, seed);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(
                    "seed " + seed + " at " + cluster.time().nowUs() + " us: " + e.getMessage()
                            + "\nreplay: ./check --simulate " + seed,
                    e);
        }
    }

    private static Result run(Cluster cluster, long seed) {
        Nemesis nemesis = new Nemesis(cluster, new Chance(seed, "nemesis"));
        cluster.trace("%s", cluster.faults());
        cluster.nodes().forEach(SimulatedNode::start);
        cluster.quorum().begin();
        cluster.clients().forEach(SimulatedClient::start);
        cluster.groups().clients().forEach(GroupClient::start);
        nemesis.start();
        cluster.time().runUntilMs(FAULTS_MS);
        nemesis.stop();
        cluster.clients().forEach(SimulatedClient::slowDown);
        cluster.groups().clients().forEach(GroupClient::slowDown);
        int ackedBefore = acked(cluster);
        cluster.groups().beginQuiet();
        cluster.time().runUntilMs(FAULTS_MS + QUIET_MS);
        Oracle.check(acked(cluster) > ackedBefore, "nothing is acknowledged although there are no faults any more");
        cluster.groups().checkQuiet();
        cluster.clients().forEach(SimulatedClient::stop);
        cluster.groups().clients().forEach(GroupClient::stop);
        cluster.time().runUntilMs(FAULTS_MS + QUIET_MS + REST_MS - LAST_ANSWERS_MS);
        cluster.groups().askAll();
        cluster.time().runUntilMs(FAULTS_MS + QUIET_MS + REST_MS);
        cluster.groups().checkAllAnswered();
        for (SimulatedClient client : cluster.clients()) Oracle.check(!client.waits(), "a client still waits");
        // The controller goes on with its own business: not in the middle of a change.
        for (int i = 0; i < 10 && !cluster.quorum().isSettled(); i++) {
            cluster.time().runUntilMs(cluster.time().nowMs() + 20);
        }
        cluster.oracle().atEnd();
        int epochs = 0;
        for (int i = 0; i < cluster.topics().count(); i++) {
            epochs += cluster.topics().partition(cluster.image(), i).leaderEpoch();
        }
        return new Result(
                cluster.digest().hex(),
                cluster.time().eventCount(),
                acked(cluster),
                cluster.groups().ackedCount(),
                epochs);
    }

    private static int acked(Cluster cluster) {
        int count = 0;
        for (SimulatedClient client : cluster.clients()) count += client.ackedCount();
        return count;
    }

    /// Runs seeds by hand: FIRST COUNT.
    public static void main(String[] args) {
        long first = Long.parseLong(args[0]);
        int count = Integer.parseInt(args[1]);
        int failed = 0;
        long acked = 0;
        long offsets = 0;
        long events = 0;
        long epochs = 0;
        long beginNs = System.nanoTime();
        for (long seed = first; seed < first + count; seed++) {
            try {
                Result result = run(seed);
                acked += result.acked();
                offsets += result.committedOffsets();
                events += result.events();
                epochs += result.leaderEpochs();
            } catch (AssertionError e) {
                failed++;
                System.out.println(
                        String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
                if (count == 1) e.printStackTrace(System.out);
            }
        }
        long ms = (System.nanoTime() - beginNs) / 1_000_000;
        System.out.printf(
                "%d seeds in %d ms, %d failed; per seed %d events, %d acks, %d leader epochs; %d offsets committed%n",
                count, ms, failed, events / count, acked / count, epochs / count, offsets);
    }
}
