package dev.minions.e2e.suite;

import dev.minions.ImageImport;
import dev.minions.Minions;
import dev.minions.ProgressListener;
import dev.minions.core.LocalMinions;
import dev.minions.core.NoNetwork;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.Network;
import dev.minions.storage.lvm.LvmThin;
import dev.minions.testkit.census.LeakCensus;
import java.nio.file.Path;

/** A data directory on the host under test, with the lab's guest as image {@code guest}. */
final class LabHome {
    /** The image's name. */
    static final String IMAGE = "guest";

    private static final Path DATA = Path.of("/var/lib/lab");

    /** Where root's engines have their sockets. */
    private static final Path SOCKETS = Path.of("/run/minions");

    private LabHome() {}

    /** Opens an engine on it, on the hypervisor under test. */
    static Minions open() {
        return open(Subject.hypervisor());
    }

    /** Opens an engine on it, on another hypervisor. */
    static Minions open(BackendFactory<Hypervisor> hypervisor) {
        return open(hypervisor, NoNetwork.factory());
    }

    /** Opens an engine on it, on another network too. */
    static Minions open(BackendFactory<Hypervisor> hypervisor, BackendFactory<Network> network) {
        return builder().hypervisor(hypervisor).network(network).build();
    }

    /** Begins to describe an engine on it. */
    static LocalMinions.Builder builder() {
        return LocalMinions.builder().dataDirectory(DATA);
    }

    /** Whom backends there work for. */
    static BackendContext context() {
        return builder().context();
    }

    /** Opens an engine on it with other volumes, on the hypervisor under test. */
    static Minions open(LvmThin volumes) {
        return builder()
                .hypervisor(Subject.hypervisor())
                .volumes(volumes)
                .network(NoNetwork.factory())
                .build();
    }

    /** Takes the guest in as an image. */
    static void importGuest(Minions minions) {
        if (minions.images().list().stream().noneMatch(image -> image.names().contains(IMAGE))) {
            minions.images()
                    .importDisk(
                            ImageImport.of(IMAGE, Subject.guestPart("disk"))
                                    .kernel(Subject.guestPart("kernel"))
                                    .initrd(Subject.guestPart("initrd"))
                                    .kernelArguments(Subject.kernelArguments()),
                            ProgressListener.NONE);
        }
    }

    /**
     * Counts everything but what may come and go: space held in reserve, SQLite's library, and what guests wrote, which
     * stays when their start is undone.
     */
    static LeakCensus wholeCensus() {
        return LeakCensus.of(DATA, SOCKETS)
                .ignoring(file -> file.equals(DATA.resolve("reserve")) || file.equals(DATA.resolve("lib")))
                .ignoring(file -> file.getFileName().toString().matches("(console|stderr)\\..*"));
    }

    /** Counts everything but what belongs to engines and not to VMs: the marks of open ones, and space held in reserve. */
    static LeakCensus census() {
        return LeakCensus.of(DATA, SOCKETS)
                .ignoring(file -> file.equals(DATA.resolve("instances")) || file.equals(DATA.resolve("reserve")));
    }
}
