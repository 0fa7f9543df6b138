package dev.minions.hypervisor.qemu;

import dev.minions.HostReport.Finding;
import dev.minions.spi.process.HostKvm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a guest's instructions are executed on this host, and why so.
 *
 * @param kvm whether by KVM; in software otherwise
 * @param reason why not by KVM, for people; empty with KVM
 * @param group the group that may use KVM, where a user of a VMM's own needs it
 */
record Acceleration(boolean kvm, String reason, Optional<Long> group) {
    /** What was asked for. */
    enum Wish {
        /** KVM where it works. */
        BEST,
        /** Software emulation. */
        EMULATED
    }

    static Acceleration of(Wish wish) {
        if (wish == Wish.EMULATED) {
            return new Acceleration(false, "software emulation was asked for", Optional.empty());
        }
        Optional<String> obstacle = HostKvm.obstacle();
        return obstacle.isPresent()
                ? new Acceleration(false, obstacle.get(), Optional.empty())
                : new Acceleration(true, "", HostKvm.group());
    }

    /** In software a guest takes many times as long to boot. */
    Duration bootLimit() {
        return kvm ? Duration.ofSeconds(60) : Duration.ofSeconds(300);
    }

    List<String> arguments() {
        return kvm ? List.of("-accel", "kvm", "-cpu", "host") : List.of("-accel", "tcg,thread=multi", "-cpu", "max");
    }

    /**
     * What the guest's kernel must be told. In software a virtual CPU stands still whenever the host is busy, and
     * Linux's test whether the timer works, which counts loops, then ends in a panic.
     */
    String kernelArguments() {
        return kvm ? "" : "no_timer_check";
    }

    Finding finding() {
        return kvm
                ? Finding.ok("kvm", "works")
                : Finding.warning(
                        "kvm",
                        "VMs run in software emulation, many times slower than with KVM: " + reason,
                        HostKvm.ADVICE);
    }

    @Override
    public String toString() {
        return kvm ? "with KVM" : "in software emulation";
    }
}
