package io.chronik.it.arch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/// The rules of ARCHITECTURE.md that the modules' poms cannot enforce.
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("io/chronik/it/"))
            .importPackages("io.chronik");

    private static final String[] PURE = {"io.chronik.base..", "io.chronik.metadata..", "io.chronik.replication.."};

    @Test
    void everyModuleIsSeen() {
        for (String module : new String[] {"base", "log", "metadata", "replication", "coordinators", "server", "cli"}) {
            assertThat(CLASSES.stream().map(JavaClass::getPackageName))
                    .anyMatch(name -> name.startsWith("io.chronik." + module));
        }
    }

    @Test
    void whatDecidesDoesNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.nio.file..", "java.nio.channels..")
                        .or(named(
                                "java.io.File",
                                "java.io.FileInputStream",
                                "java.io.FileOutputStream",
                                "java.io.RandomAccessFile",
                                "java.net.Socket",
                                "java.net.ServerSocket"))
                        .as("files and sockets"))
                .check(CLASSES);
    }

    @Test
    void whatDecidesHasNoThreadsClocksOrDice() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(java.util.UUID.class, "randomUUID")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .dependOnClassesThat(threadsAndExecutors())
                .orShould()
                .dependOnClassesThat(named(
                        "java.util.Random", "java.security.SecureRandom", "java.util.concurrent.ThreadLocalRandom"))
                .check(CLASSES);
    }

    /// Blocking lives at the rim: the disk's syncer, background work on closed segments, lanes, start-up, HTTP, the
    /// Raft host, and the programs.
    @Test
    void threadsAndExecutorsLiveAtTheRim() {
        noClasses()
                .that(resideOutsideOfPackages(
                        "io.chronik.log..", "io.chronik.coordinators..", "io.chronik.server..", "io.chronik.cli.."))
                .should()
                .dependOnClassesThat(threadsAndExecutors())
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage("io.chronik.server.api..", "io.chronik.server.config..")
                .should()
                .dependOnClassesThat(named("java.lang.Thread"))
                .check(CLASSES);
    }

    @Test
    void modulesDependDownwardsOnly() {
        layer("base", "log", "replication", "metadata", "coordinators", "server", "cli");
        layer("log", "replication", "metadata", "coordinators", "server", "cli");
        layer("metadata", "log", "replication", "coordinators", "server", "cli");
        layer("replication", "metadata", "coordinators", "server", "cli");
        layer("coordinators", "log", "replication", "server", "cli");
        layer("server", "cli");
    }

    private static void layer(String module, String... above) {
        String[] packages = new String[above.length];
        for (int i = 0; i < above.length; i++) {
            packages[i] = "io.chronik." + above[i] + "..";
        }
        noClasses()
                .that()
                .resideInAPackage("io.chronik." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .check(CLASSES);
    }

    @Test
    void nothingUsesScalaOrKafkasBroker() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("scala..", "kafka..", "org.apache.kafka.server.log..", "org.apache.kafka.network..")
                .check(CLASSES);
    }

    @Test
    void onlyTheMetadataHostKnowsKafkaRaftAndOnlyCoordinatorsKnowTheGroupCoordinator() {
        noClasses()
                .that(resideOutsideOfPackages(
                        "io.chronik.server.metadata..",
                        "io.chronik.server.peer..",
                        "io.chronik.server.net..",
                        "io.chronik.server"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka.raft..")
                .check(CLASSES);
        noClasses()
                .that(resideOutsideOfPackages("io.chronik.coordinators..", "io.chronik.server.groups.."))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka.coordinator.group..")
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> threadsAndExecutors() {
        return DescribedPredicate.describe(
                "threads and executors",
                type -> type.isAssignableTo(Thread.class)
                        || type.isAssignableTo(Executor.class)
                        || type.getName().equals("java.util.concurrent.Executors"));
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        return DescribedPredicate.describe(
                String.join(", ", names), type -> java.util.Arrays.asList(names).contains(type.getName()));
    }
}
