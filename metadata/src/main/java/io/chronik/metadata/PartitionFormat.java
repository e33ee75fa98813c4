package io.chronik.metadata;

import java.util.List;

/// A partition's state as fields. What follows from the replicas, as for every new partition, is left out:
/// the ISR is all replicas, the leader is the first of them, epochs are 0. That keeps a topic of 100,000 partitions
/// below the largest batch of the log. `adding`, `removing`, `uncleanEpoch` and `unclean` are of version 2.
final class PartitionFormat {
    private PartitionFormat() {}

    static void write(FieldWriter out, PartitionImage partition) {
        out.numbers("replicas", partition.replicas());
        if (!partition.adding().isEmpty()) out.numbers("adding", partition.adding());
        if (!partition.removing().isEmpty()) out.numbers("removing", partition.removing());
        if (!partition.isr().equals(partition.replicas())) out.numbers("isr", partition.isr());
        if (partition.leader() != firstOf(partition.replicas())) out.number("leader", partition.leader());
        if (partition.leaderEpoch() != 0) out.number("leaderEpoch", partition.leaderEpoch());
        if (partition.partitionEpoch() != 0) out.number("partitionEpoch", partition.partitionEpoch());
        if (partition.uncleanEpoch() != PartitionImage.NEVER) out.number("uncleanEpoch", partition.uncleanEpoch());
    }

    /// Whether readers of version 1 would understand it.
    static boolean fitsV1(PartitionImage partition) {
        return !partition.moving() && partition.uncleanEpoch() == PartitionImage.NEVER;
    }

    static PartitionImage read(FieldReader in, long version) {
        boolean v2 = version >= 2;
        List<Integer> replicas = in.numbers("replicas");
        return new PartitionImage(
                replicas,
                v2 && in.has("adding") ? in.numbers("adding") : List.of(),
                v2 && in.has("removing") ? in.numbers("removing") : List.of(),
                in.has("isr") ? in.numbers("isr") : replicas,
                in.int32("leader", firstOf(replicas)),
                in.int32("leaderEpoch", 0),
                in.int32("partitionEpoch", 0),
                v2 ? in.int32("uncleanEpoch", PartitionImage.NEVER) : PartitionImage.NEVER);
    }

    static void writeElection(FieldWriter out, Command.Election election) {
        out.number("partition", election.partition());
        out.number("leader", election.leader());
        out.numbers("isr", election.isr());
        out.number("leaderEpoch", election.leaderEpoch());
        out.number("partitionEpoch", election.partitionEpoch());
        if (election.unclean()) out.flag("unclean", true);
    }

    static Command.Election readElection(FieldReader in, long version) {
        return new Command.Election(
                in.int32("partition"),
                in.int32("leader"),
                in.numbers("isr"),
                in.int32("leaderEpoch"),
                in.int32("partitionEpoch"),
                version >= 2 && in.has("unclean") && in.flag("unclean"));
    }

    private static int firstOf(List<Integer> replicas) {
        return replicas.isEmpty() ? PartitionImage.NO_LEADER : replicas.getFirst();
    }
}
