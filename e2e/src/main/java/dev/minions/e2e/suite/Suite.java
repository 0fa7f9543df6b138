package dev.minions.e2e.suite;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A suite: tests that run on a host of the lab, under the name that they are asked for by.
 *
 * @param word its name
 * @param description what it tests, in a line
 * @param tests its tests, in the order in which they run
 */
public record Suite(String word, String description, List<Class<?>> tests) {
    /** The host alone. */
    public static final Suite HOST = new Suite(
            "host",
            "what a host must have: KVM, LVM thin pools, vsock, bridges, nftables, systemd",
            List.of(HostTest.class));

    /** QEMU with KVM. */
    public static final Suite QEMU_KVM = new Suite(
            "qemu-kvm",
            "the host; then on QEMU with KVM the hypervisor's contract, a VM's whole life, and its memory kept and restored",
            List.of(
                    HostTest.class,
                    HypervisorTest.class,
                    LifeTest.class,
                    NeverUpTest.class,
                    MemoryTest.class,
                    BridgeTest.class));

    /** Cloud Hypervisor, which passes what QEMU passes. */
    public static final Suite CLOUD_HYPERVISOR = new Suite(
            "cloud-hypervisor",
            "the same on the cloud-hypervisor of the PATH; on QEMU with KVM where there is none",
            QEMU_KVM.tests());

    /** Disks in LVM's thin pools. */
    public static final Suite LVM = new Suite(
            "lvm",
            "volumes in a thin pool of LVM: the contract, a full pool, killed processes, a VM's life",
            List.of(LvmTest.class, LvmPoolTest.class, LvmFullTest.class, LvmLifeTest.class));

    /** All of them. */
    public static final List<Suite> ALL = List.of(HOST, QEMU_KVM, CLOUD_HYPERVISOR, LVM);

    /** Copies the list. */
    public Suite {
        tests = List.copyOf(tests);
    }

    /** The suite of that name. */
    public static Optional<Suite> named(String word) {
        return ALL.stream().filter(suite -> suite.word.equals(word)).findAny();
    }

    /** The same suite with only those of its tests, in its own order; all of them if none is named. Empty if it lacks one. */
    public Optional<Suite> only(List<String> names) {
        if (names.isEmpty()) {
            return Optional.of(this);
        }
        List<Class<?>> left = tests.stream()
                .filter(test -> names.contains(test.getSimpleName()))
                .toList();
        boolean known = testNames().containsAll(names);
        return known ? Optional.of(new Suite(word, description, left)) : Optional.empty();
    }

    /** The names of its tests, which {@link #only} takes. */
    public List<String> testNames() {
        return tests.stream().<String>map(Class::getSimpleName).toList();
    }

    /** The names, with commas between them. */
    public static String names() {
        return ALL.stream().map(Suite::word).collect(Collectors.joining(", "));
    }
}
