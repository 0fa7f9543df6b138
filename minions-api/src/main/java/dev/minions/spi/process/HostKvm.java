package dev.minions.spi.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whether this host can run guests on its own CPU, and who may. Looks anew at each call; changes nothing. */
public final class HostKvm {
    private static final Path DEVICE = Path.of("/dev/kvm");
    private static final Pattern FEATURE = Pattern.compile("^flags\\s*:.*\\b(vmx|svm)\\b");

    private HostKvm() {}

    /** What to do where there is an obstacle. */
    public static final String ADVICE =
            "use a host whose /proc/cpuinfo shows vmx or svm and that has /dev/kvm, or enable"
                    + " nested virtualisation on the one this runs on";

    /**
     * Why KVM cannot be used, in words for people; empty if it can. A device alone proves nothing: some kernels offer
     * one that cannot run guests.
     */
    public static Optional<String> obstacle() {
        if (!Files.exists(DEVICE)) {
            return Optional.of("there is no /dev/kvm");
        }
        if (!cpuCan()) {
            return Optional.of("the CPU shows neither vmx nor svm");
        }
        if (HostUser.isRoot() && group().isEmpty() && !openToAll()) {
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

    /** The group that may use KVM, where a VMM's own user needs it. */
    public static Optional<Long> group() {
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

    private static boolean cpuCan() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.anyMatch(line -> FEATURE.matcher(line).find());
        } catch (IOException e) {
            return false;
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
