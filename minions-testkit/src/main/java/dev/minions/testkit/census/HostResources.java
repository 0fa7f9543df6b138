package dev.minions.testkit.census;

import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What backends make on a Linux host outside of any directory, read from the host. Each method is for
 * {@link LeakCensus#counting}, and needs root and the tool that it asks:
 *
 * {@snippet :
 * census.counting("volume", () -> HostResources.volumes("vg0")).counting("rule", HostResources::packetFilter);
 * }
 */
public final class HostResources {
    private static final Path NETWORK_DEVICES = Path.of("/sys/class/net");
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final String OURS = "minions";

    private HostResources() {}

    /** The logical volumes of a volume group of LVM, each with whether it may be written to. */
    public static List<String> volumes(String group) {
        return lines("lvs", "--noheadings", "--options", "lv_name,lv_permissions", group);
    }

    /** The names of all devices of the device mapper. */
    public static List<String> mappedDevices() {
        return lines("dmsetup", "ls").stream()
                .filter(line -> !line.equals("No devices found"))
                .map(line -> line.split("\\s+", -1)[0])
                .toList();
    }

    /** The names of all network devices: TAP devices and bridges among them. */
    public static List<String> networkDevices() {
        try (Stream<Path> devices = Files.list(NETWORK_DEVICES)) {
            return devices.map(device -> device.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that nftables holds: tables, chains and their rules, sets and maps and each of their elements. */
    public static List<String> packetFilter() {
        return PacketFilter.parse(lines("nft", "--stateless", "list", "ruleset"));
    }

    /** The control groups of ours, whether systemd's scopes or our own. */
    public static List<String> cgroups() {
        List<String> found = new ArrayList<>();
        try {
            Files.walkFileTree(CGROUPS, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    if (directory.getFileName().toString().startsWith(OURS)) {
                        found.add(directory.toString());
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /**
     * The processes of users from that id on, as VMMs have them, each with its pid and its command line.
     *
     * @param first the lowest user id
     */
    public static List<String> processesOfUsers(long first) {
        return HostProcesses.all().stream()
                .filter(process -> process.user() >= first)
                .map(process -> process.pid() + " " + process.command())
                .toList();
    }

    private static List<String> lines(String... argv) {
        return HostCommand.of(List.of(argv))
                .run()
                .stdout()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
