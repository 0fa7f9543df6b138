package dev.minions.hypervisor.ch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.spi.BackendFactory;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.process.HostKvm;
import dev.minions.testkit.HypervisorContract.Guest;
import dev.minions.testkit.HypervisorContract.PowerButton;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A true Cloud Hypervisor to test with, where the environment names one and the host has KVM:
 * {@code MINIONS_CLOUD_HYPERVISOR}, the program, and {@code MINIONS_GUEST}, a directory with a guest's {@code kernel},
 * {@code disk} (raw, the root file system) and perhaps {@code initrd}, as a built image has them. Its guest says
 * {@code MINIONS_GUEST_MARK}, or {@code login:}, on its console once it is up.
 *
 * @param program the program
 * @param image the directory
 * @param mark what its guest says
 */
record RealHypervisor(Path program, Path image, String mark) {
    static RealHypervisor require() {
        Map<String, String> environment = System.getenv();
        String program = environment.getOrDefault("MINIONS_CLOUD_HYPERVISOR", "");
        String image = environment.getOrDefault("MINIONS_GUEST", "");
        assumeTrue(
                !program.isEmpty() && !image.isEmpty(),
                "NOT TESTED with a true Cloud Hypervisor: MINIONS_CLOUD_HYPERVISOR and MINIONS_GUEST name none");
        Optional<String> obstacle = HostKvm.obstacle();
        assumeTrue(obstacle.isEmpty(), "NOT TESTED with a true Cloud Hypervisor: " + obstacle.orElse(""));
        return new RealHypervisor(
                Path.of(program), Path.of(image), environment.getOrDefault("MINIONS_GUEST_MARK", "login:"));
    }

    BackendFactory<Hypervisor> factory() {
        return CloudHypervisor.at(program);
    }

    Guest guest() {
        return new Guest(
                image.resolve("kernel"),
                Optional.of(image.resolve("initrd")).filter(Files::exists),
                "root=/dev/vda rw",
                image.resolve("disk"),
                mark,
                PowerButton.HEEDED,
                Optional.empty());
    }
}
