package dev.minions.hypervisor.qemu;

import dev.minions.HostReport.Finding;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.process.HostProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * QEMU: with KVM where it truly works, in software emulation elsewhere. Needs no privileges; as root it runs every VMM
 * as a user of its own.
 *
 * <p>Machines are of type {@code q35} with virtio devices only, and boot a kernel directly. Needs QEMU 7.2 or newer.
 *
 * {@snippet :
 * try (Minions minions = LocalMinions.builder().hypervisor(Qemu.onPath()).build()) {
 *     // ...
 * }
 * }
 */
public final class Qemu implements BackendFactory<Hypervisor> {
    static final BackendId ID = BackendId.of("qemu");
    static final String ADVICE = "apt install qemu-system-x86";

    private static final String PROGRAM = "qemu-system-x86_64";

    private final String program;
    private final Acceleration.Wish wish;

    private Qemu(String program, Acceleration.Wish wish) {
        this.program = program;
        this.wish = wish;
    }

    /** The {@code qemu-system-x86_64} of the {@code PATH}. */
    public static Qemu onPath() {
        return new Qemu(PROGRAM, Acceleration.Wish.BEST);
    }

    /** That QEMU. */
    public static Qemu at(Path program) {
        return new Qemu(program.toAbsolutePath().toString(), Acceleration.Wish.BEST);
    }

    /** The same QEMU in software emulation, also where KVM would work: slow, and alike on every host. */
    public Qemu emulated() {
        return new Qemu(program, Acceleration.Wish.EMULATED);
    }

    @Override
    public BackendId id() {
        return ID;
    }

    @Override
    public List<Finding> probe() {
        var findings = new ArrayList<Finding>();
        HostProgram.find(program)
                .ifPresentOrElse(
                        found -> findings.add(QemuVersion.of(found).finding()),
                        () -> findings.add(Finding.error(
                                "qemu", "program '" + program + "' was looked for and is not there", ADVICE)));
        findings.add(Acceleration.of(wish).finding());
        HostPrograms.addMissing(findings);
        return List.copyOf(findings);
    }

    @Override
    public Hypervisor open(BackendContext context) {
        HostProgram found = HostProgram.require(program, ADVICE);
        return new QemuHypervisor(found, Acceleration.of(wish));
    }
}
