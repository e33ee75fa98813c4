package io.chronik.simulator;

/// What a seed has against its cluster: some kinds of faults, each at some rate. Most seeds leave most of them out, so
/// that none hides behind another. A period of 0: never.
record Faults(
        double lossPercent,
        double slowMessagePercent,
        double verySlowMessagePercent,
        double slowSyncPercent,
        boolean journal,
        int disconnectGraceMs,
        boolean balancesLeaders,
        double lostIsrAnswerPercent,
        double lateMetadataPercent,
        int fetchAgainMs,
        int killMs,
        int powerCutMs,
        int cleanStopMs,
        int crashAllMs,
        int loseDiskMs,
        int stopMs,
        int cutMs,
        int moveLeaderMs,
        int disconnectMs,
        int controllerChangeMs,
        int reassignMs,
        int configureMs,
        int deleteRecordsMs) {
    static Faults of(Chance chance) {
        return new Faults(
                chance.percent(50) ? 0 : chance.between(1, 60) / 10.0,
                chance.percent(40) ? 0 : chance.between(1, 150) / 10.0,
                chance.percent(60) ? 0 : chance.between(1, 40) / 10.0,
                chance.percent(50) ? 0 : chance.between(1, 200) / 10.0,
                chance.percent(3),
                (int) (chance.percent(50) ? chance.between(0, 20) : chance.between(20, 150)),
                chance.percent(30),
                chance.percent(60) ? 0 : chance.between(10, 70),
                chance.percent(60) ? 0 : chance.between(10, 60),
                (int) (chance.percent(50) ? chance.between(5, 40) : chance.between(50, 200)),
                period(chance, 40, 200, 1_500),
                period(chance, 60, 150, 1_500),
                period(chance, 20, 300, 1_500),
                period(chance, 10, 700, 2_500),
                period(chance, 20, 200, 1_500),
                period(chance, 30, 200, 1_000),
                period(chance, 40, 100, 1_000),
                period(chance, 60, 40, 600),
                period(chance, 40, 100, 1_000),
                period(chance, 50, 50, 800),
                period(chance, 30, 200, 1_500),
                period(chance, 20, 100, 800),
                period(chance, 30, 100, 800));
    }

    private static int period(Chance chance, int percent, int low, int high) {
        return chance.percent(percent) ? (int) chance.between(low, high) : 0;
    }
}
