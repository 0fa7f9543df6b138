package dev.minions.hypervisor.ch;

import dev.minions.HostReport.Finding;
import dev.minions.spi.process.HostCgroups;
import dev.minions.spi.process.HostKvm;
import dev.minions.spi.process.HostProgram;
import dev.minions.spi.process.HostUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this host has for VMMs: what they run on, and what keeps them in. Known before anything is asked of a VMM, since
 * one that is refused a layer keeps the configuration and would then run without it.
 *
 * @param obstacle why KVM cannot be used, if it cannot
 * @param group the group that may use KVM
 * @param landlock whether VMMs can be kept to their files by Landlock
 * @param cgroups whether VMMs can have a cgroup with limits
 * @param pagesOnDemand whether a VMM's user may bring in memory page by page
 */
record HostLayers(
        Optional<String> obstacle, Optional<Long> group, boolean landlock, boolean cgroups, boolean pagesOnDemand) {
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");
    private static final Path MODULES = Path.of("/sys/kernel/security/lsm");
    private static final Path UNPRIVILEGED_FAULTS = Path.of("/proc/sys/vm/unprivileged_userfaultfd");

    /** The programs that a start takes; every Debian has them, a bare container may not. */
    private static final List<String> PROGRAMS = List.of("setsid", "setpriv", "mkfifo", "split", "perl");

    static HostLayers ofThisHost() {
        boolean faults = (!HostUser.isRoot() && Files.isWritable(Path.of("/dev/userfaultfd")))
                || read(UNPRIVILEGED_FAULTS).equals("1");
        return new HostLayers(
                HostKvm.obstacle(),
                HostKvm.group(),
                hasLandlock(System.getProperty("os.version"), read(MODULES)),
                HostCgroups.obstacle().isEmpty(),
                faults);
    }

    /** The rules that Cloud Hypervisor asks for came with Linux 6.2. */
    static boolean hasLandlock(String release, String modules) {
        Matcher matcher = RELEASE.matcher(release);
        if (!matcher.matches() || !List.of(modules.split(",", -1)).contains("landlock")) {
            return false;
        }
        int major = Integer.parseInt(matcher.group(1));
        return major > 6 || (major == 6 && Integer.parseInt(matcher.group(2)) >= 2);
    }

    /** Empty if it is not there. */
    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    List<Finding> findings() {
        var findings = new ArrayList<Finding>();
        findings.add(obstacle.map(why ->
                        Finding.error("cloud-hypervisor kvm", "it runs with KVM only, and " + why, HostKvm.ADVICE))
                .orElseGet(() -> Finding.ok("cloud-hypervisor kvm", "works")));
        for (String program : PROGRAMS) {
            if (HostProgram.find(program).isEmpty()) {
                findings.add(
                        Finding.error(program, "VMMs are started with it, and it is not on the PATH", advice(program)));
            }
        }
        findings.add(userFinding());
        findings.add(landlockFinding());
        findings.add(cgroupFinding());
        findings.add(peerFinding());
        findings.add(
                pagesOnDemand
                        ? Finding.ok("memory restore", "page by page, as the guest needs them")
                        : Finding.warning(
                                "memory restore",
                                "memory is restored as a whole before a VM goes on: VMMs may not use userfaultfd, "
                                        + UNPRIVILEGED_FAULTS + " is '" + read(UNPRIVILEGED_FAULTS) + "'",
                                "run: sysctl vm.unprivileged_userfaultfd=1"));
        return findings;
    }

    private static Finding userFinding() {
        return HostUser.isRoot()
                ? Finding.ok("vmm user", "every VMM runs as a user of its own, without capabilities")
                : Finding.warning(
                        "vmm user",
                        "VMMs run as this user, who is not root: a guest that breaks out has this user's rights",
                        "run as root to give every VMM a user of its own");
    }

    private Finding landlockFinding() {
        return landlock
                ? Finding.ok("landlock", "VMMs are kept to their files")
                : Finding.warning(
                        "landlock",
                        "VMMs are not kept to their files by Landlock: it takes Linux 6.2 or newer with landlock in "
                                + MODULES + "; this is Linux " + System.getProperty("os.version") + " with '"
                                + read(MODULES) + "' in it",
                        "boot a kernel of 6.2 or newer, with landlock in its lsm= list");
    }

    private Finding cgroupFinding() {
        return cgroups
                ? Finding.ok("vmm limits", "every durable VMM has a cgroup with limits")
                : Finding.warning(
                        "vmm limits",
                        "VMMs have no limits of memory, CPU and processes: "
                                + HostCgroups.obstacle().orElse("this host has no cgroups for them"),
                        "run as root on a host with systemd");
    }

    private static Finding peerFinding() {
        return Peer.isKnown()
                ? Finding.ok("vmm identity", "who answers for a VMM is checked with the kernel")
                : Finding.warning(
                        "vmm identity",
                        "who answers for a VMM cannot be checked: junixsocket's native library does not load here",
                        "make java.io.tmpdir a directory that programs may be loaded from");
    }

    private static String advice(String program) {
        return switch (program) {
            case "perl" -> "apt install perl-base";
            case "mkfifo", "split" -> "apt install coreutils";
            default -> "apt install util-linux";
        };
    }
}
