package dev.minions.hypervisor.qemu;

import dev.minions.HostReport.Finding;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

    private static final Path DEVICE = Path.of("/dev/kvm");
    private static final Pattern FEATURE = Pattern.compile("^flags\\s*:.*\\b(vmx|svm)\\b");

    static Acceleration of(Wish wish) {
        if (wish == Wish.EMULATED) {
            return new Acceleration(false, "software emulation was asked for", Optional.empty());
        }
        Optional<String> obstacle = obstacle();
        return obstacle.isPresent()
                ? new Acceleration(false, obstacle.get(), Optional.empty())
                : new Acceleration(true, "", deviceGroup());
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
                        "VMs run in software emulation, many times slower: " + reason,
                        "use a host with KVM, or enable nested virtualisation on this one");
    }

    @Override
    public String toString() {
        return kvm ? "with KVM" : "in software emulation";
    }

    /** A device alone proves nothing: some kernels offer one that cannot run QEMU's guests. */
    private static Optional<String> obstacle() {
        if (!Files.exists(DEVICE)) {
            return Optional.of("there is no /dev/kvm");
        }
        if (!cpuCan()) {
            return Optional.of("the CPU shows neither vmx nor svm");
        }
        if (HostUser.isRoot() && deviceGroup().isEmpty() && !openToAll()) {
            return Optional.of("no group may open /dev/kvm, and VMMs do not run as root (chgrp kvm, chmod 660)");
        }
        try {
            FileChannel.open(DEVICE, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    .close();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("/dev/kvm cannot be opened: " + e.getMessage());
        }
    }

    private static boolean cpuCan() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.anyMatch(line -> FEATURE.matcher(line).find());
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<Long> deviceGroup() {
        try {
            if (!Files.getPosixFilePermissions(DEVICE).contains(PosixFilePermission.GROUP_WRITE)) {
                return Optional.empty();
            }
            long gid = ((Integer) Files.getAttribute(DEVICE, "unix:gid")).longValue();
            return gid == 0 ? Optional.empty() : Optional.of(gid);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean openToAll() {
        try {
            return Files.getPosixFilePermissions(DEVICE).contains(PosixFilePermission.OTHERS_WRITE);
        } catch (IOException e) {
            return false;
        }
    }
}
