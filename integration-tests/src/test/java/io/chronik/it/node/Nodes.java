package io.chronik.it.node;

import java.nio.file.Path;

/// The node that most test classes of one JVM share: started at first use, ended with the JVM.
///
/// `-Dit.bootstrap=HOST:PORT` takes a broker that already runs instead (add `-Dit.product=kafka` when it is a Kafka).
public final class Nodes {
    private Nodes() {}

    private static final class Holder {
        static final Node SHARED = external();

        private static Node external() {
            String bootstrap = System.getProperty("it.bootstrap");
            return bootstrap == null ? start() : new External(bootstrap);
        }

        private static Node start() {
            Path directory = TempDirs.create("chronik-it-shared");
            NodeProcess node = quick(NodeProcess.in(directory));
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
                node.close();
                TempDirs.delete(directory);
            }));
            return node.start();
        }
    }

    private record External(String bootstrap) implements Node {
        @Override
        public int port() {
            return Integer.parseInt(bootstrap.substring(bootstrap.lastIndexOf(':') + 1));
        }

        @Override
        public boolean isChronik() {
            return !"kafka".equals(System.getProperty("it.product"));
        }
    }

    public static Node shared() {
        return Holder.SHARED;
    }

    /// Settings that shorten waits without changing what is tested.
    public static NodeProcess quick(NodeProcess node) {
        return node.set("group.initial.rebalance.delay.ms", "0")
                .set("offsets.topic.num.partitions", "4")
                .set("log.retention.check.interval.ms", "500")
                .set("log.cleaner.backoff.ms", "500");
    }
}
