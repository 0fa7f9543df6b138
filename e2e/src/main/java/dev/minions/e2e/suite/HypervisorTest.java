package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.Hypervisor;
import dev.minions.testkit.HypervisorContract;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The contract of the hypervisor under test, with KVM. Its guest is a real kernel, which every hypervisor boots, with an
 * initramfs that does the least: see {@code guest-init}.
 */
class HypervisorTest extends HypervisorContract {
    @Override
    protected BackendFactory<Hypervisor> factory() {
        return Subject.hypervisor();
    }

    @Override
    protected Guest guest() {
        return new Guest(
                Subject.guestPart("kernel"),
                Optional.of(Subject.ready("contract-initrd")),
                "quiet panic=60",
                Subject.ready("contract-disk"),
                "waiting for the power button",
                PowerButton.HEEDED,
                Optional.of("quiet panic=60 lab.panic"));
    }

    @Test
    void guestsRunOnKvm() {
        var nowhere = Subject.ready("nowhere");
        try (Hypervisor hypervisor = factory().open(new BackendContext("0123456789ab", nowhere, nowhere))) {
            assertThat(hypervisor.traits().emulated())
                    .as(hypervisor.description())
                    .isFalse();
        }
    }
}
