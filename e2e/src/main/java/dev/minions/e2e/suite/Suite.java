package dev.minions.e2e.suite;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A suite: tests that run on a host of the lab, under the name that they are asked for by.
 *
 * @param word its name
 * @param description what it tests, in a line
 * @param tests its tests, in the order in which they run
 * @param booted those that run when the host has been booted again after the others, on what the last of them left there
 */
public record Suite(String word, String description, List<Class<?>> tests, List<Class<?>> booted) {
    /** The host alone. */
    public static final Suite HOST = new Suite(
            "host",
            "what a host must have: KVM, LVM thin pools, vsock, bridges, nftables, systemd",
            List.of(HostTest.class),
            List.of());

    /** QEMU with KVM. */
    public static final Suite QEMU_KVM = new Suite(
            "qemu-kvm",
            "the host; then on QEMU with KVM the hypervisor's contract, a VM's whole life, its memory, the bridge",
            List.of(
                    HostTest.class,
                    HypervisorTest.class,
                    LifeTest.class,
                    NeverUpTest.class,
                    MemoryTest.class,
                    BridgeTest.class),
            List.of());

    /** Cloud Hypervisor, which passes what QEMU passes. */
    public static final Suite CLOUD_HYPERVISOR = new Suite(
            "cloud-hypervisor",
            "the same on the cloud-hypervisor of the PATH; on QEMU with KVM where there is none",
            QEMU_KVM.tests(),
            QEMU_KVM.booted());

    /** A host's whole life by the command alone. */
    public static final Suite OPERATOR = new Suite(
            "operator",
            "a host set up, used, booted and taken back by the command alone, on the best hypervisor there is",
            List.of(OperatorTest.class),
            List.of(OperatorBootedTest.class));

    /** Disks in LVM's thin pools. */
    public static final Suite LVM = new Suite(
            "lvm",
            "volumes in a thin pool of LVM: the contract, a full pool, killed processes, a VM's life",
            List.of(LvmTest.class, LvmPoolTest.class, LvmFullTest.class, LvmLifeTest.class),
            List.of());

    /** All of them. */
    public static final List<Suite> ALL = List.of(HOST, QEMU_KVM, CLOUD_HYPERVISOR, OPERATOR, LVM);

    /** Copies the lists. */
    public Suite {
        tests = List.copyOf(tests);
        booted = List.copyOf(booted);
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
        boolean known = names(tests)
                .containsAll(names.stream()
                        .filter(name -> !names(booted).contains(name))
                        .toList());
        return known
                ? Optional.of(new Suite(word, description, those(tests, names), those(booted, names)))
                : Optional.empty();
    }

    /** All of its tests, in their order. */
    public List<Class<?>> all() {
        return Stream.concat(tests.stream(), booted.stream()).toList();
    }

    /** Whether the host is to be booted for the rest after those of its tests failed. */
    public boolean canBeBooted(Set<String> failed) {
        return !booted.isEmpty()
                && !tests.isEmpty()
                && !failed.contains(tests.getLast().getSimpleName());
    }

    /** The same suite with only those of its tests; what runs after a boot does so again with what it stands on. */
    public Suite again(Set<String> failed) {
        Set<String> wanted = new HashSet<>(failed);
        boolean bootAgain = !canBeBooted(failed) || names(booted).stream().anyMatch(failed::contains);
        if (!booted.isEmpty() && bootAgain) {
            wanted.add(tests.getLast().getSimpleName());
            wanted.addAll(names(booted));
        }
        return only(List.copyOf(wanted)).orElse(this);
    }

    private static List<Class<?>> those(List<Class<?>> tests, List<String> names) {
        return tests.stream()
                .filter(test -> names.contains(test.getSimpleName()))
                .toList();
    }

    /** The names of tests, which {@link #only} takes. */
    public static List<String> names(List<Class<?>> tests) {
        return tests.stream().<String>map(Class::getSimpleName).toList();
    }

    /** The names, with commas between them. */
    public static String names() {
        return ALL.stream().map(Suite::word).collect(Collectors.joining(", "));
    }
}
