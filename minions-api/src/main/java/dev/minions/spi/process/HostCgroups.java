package dev.minions.spi.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How processes of ours get a cgroup with limits: as a scope of systemd's where it runs the host, else as a directory of
 * cgroup version 2 that we make ourselves. Only root can have either.
 */
public final class HostCgroups {
    private static final String GROUP = "minions";
    private static final String CHILDREN = "cgroup.subtree_control";
    private static final String CONTROLLERS = "+cpu +io +memory +pids";
    private static final int PERIOD_MICROS = 100_000;

    /** The host's, or a test's. */
    static final HostCgroups HOST = new HostCgroups(Path.of("/run/systemd/system"), Path.of("/sys/fs/cgroup"));

    private final Path systemd;
    private final Path root;

    HostCgroups(Path systemd, Path root) {
        this.systemd = systemd;
        this.root = root;
    }

    /** Why limits cannot be had on this host, in words for people; empty if they can. */
    public static Optional<String> obstacle() {
        if (!HostUser.isRoot()) {
            return Optional.of("only root can set them");
        }
        return HOST.hasSystemd() || HOST.isVersion2()
                ? Optional.empty()
                : Optional.of("neither systemd nor cgroup version 2 runs this host");
    }

    boolean hasSystemd() {
        return Files.isDirectory(systemd) && HostProgram.find("systemd-run").isPresent();
    }

    /** On a host with both versions, version 2 is elsewhere and has no controllers. */
    boolean isVersion2() {
        return Files.isWritable(root.resolve(CHILDREN));
    }

    /**
     * Makes what the {@link #words} need.
     *
     * @throws dev.minions.error.MinionsException {@code IO_ERROR} if it cannot be made
     */
    void make(ResourceLimits limits) {
        if (hasSystemd()) {
            return;
        }
        Path parent = root.resolve(GROUP);
        Path group = directory(limits.name());
        try {
            Files.createDirectories(parent);
            write(root.resolve(CHILDREN), CONTROLLERS);
            write(parent.resolve(CHILDREN), CONTROLLERS);
            Files.createDirectories(group);
            write(group.resolve("memory.max"), Long.toString(limits.memoryBytes()));
            write(group.resolve("cpu.max"), limits.cpuPercent() * (PERIOD_MICROS / 100L) + " " + PERIOD_MICROS);
            write(group.resolve("pids.max"), Integer.toString(limits.tasks()));
            weigh(group, limits);
        } catch (IOException e) {
            throw Failures.io("make cgroup '" + group + "'", e);
        }
    }

    /** The words before a command that make it run with those limits. */
    List<String> words(ResourceLimits limits) {
        if (hasSystemd()) {
            return List.of(
                    HostProgram.require("systemd-run", "apt install systemd").toString(),
                    "--scope",
                    "--quiet",
                    "--collect",
                    "--unit=" + limits.name() + ".scope",
                    "--property=MemoryMax=" + limits.memoryBytes(),
                    "--property=CPUQuota=" + limits.cpuPercent() + "%",
                    "--property=TasksMax=" + limits.tasks(),
                    "--property=IOWeight=" + limits.ioWeight(),
                    "--");
        }
        return List.of(
                HostProgram.require("sh", "apt install dash").toString(),
                "-c",
                "echo $$ >\"$0\" && exec \"$@\"",
                directory(limits.name()).resolve("cgroup.procs").toString());
    }

    /** Where the kernel weighs no disks, the file is missing. */
    private static void weigh(Path group, ResourceLimits limits) throws IOException {
        Path weight = group.resolve("io.weight");
        if (Files.exists(weight)) {
            write(weight, "default " + limits.ioWeight());
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text + "\n");
    }

    private Path directory(String name) {
        return root.resolve(GROUP).resolve(name);
    }

    /** Removes what {@link #make} made, if there is one; nobody is in it any more. Systemd removes its scopes itself. */
    void remove(String name) throws IOException {
        Path group = directory(name);
        if (Files.isDirectory(group, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(group); // the files of a cgroup go with it
        }
    }
}
