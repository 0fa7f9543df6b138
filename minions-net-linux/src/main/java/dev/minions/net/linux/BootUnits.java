package dev.minions.net.linux;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.net.linux.LinuxBridge.AtBoot;
import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The two units of systemd that bring a bridge and the VMs on it back after a boot. */
final class BootUnits {
    private static final Path DIRECTORY = Path.of("/etc/systemd/system");
    private static final Path WANTS = DIRECTORY.resolve("multi-user.target.wants");
    private static final Path RUNNING = Path.of("/run/systemd/system");

    private final String bridge;
    private final String mark;

    BootUnits(String bridge, String mark) {
        this.bridge = bridge;
        this.mark = mark;
    }

    private Path network() {
        return DIRECTORY.resolve("minions-network-" + bridge + ".service");
    }

    private Path machines() {
        return DIRECTORY.resolve("minions-vms-" + bridge + ".service");
    }

    /** What is to be in the files. */
    private Map<Path, String> texts(AtBoot boot) {
        Map<Path, String> texts = new LinkedHashMap<>();
        texts.put(network(), networkUnit(boot.network()));
        texts.put(machines(), machinesUnit(boot.machines()));
        return texts;
    }

    /**
     * Docker, firewalld and the host's own rules may each undo a part of ours when they are restarted: then this is
     * called again.
     */
    private String networkUnit(List<String> command) {
        return """
                # %1$s
                [Unit]
                Description=Network of Minions: bridge %2$s
                After=network-pre.target nftables.service firewalld.service docker.service
                PartOf=nftables.service firewalld.service docker.service

                [Service]
                Type=oneshot
                RemainAfterExit=yes
                ExecStart=%3$s

                [Install]
                WantedBy=multi-user.target
                """.formatted(mark, bridge, line(command));
    }

    /** The VMs are left alone when this unit is stopped: they belong to no service. */
    private String machinesUnit(List<String> command) {
        return """
                # %1$s
                [Unit]
                Description=VMs of Minions that ran when the host went down
                After=minions-network-%2$s.service network-online.target
                Wants=minions-network-%2$s.service

                [Service]
                Type=oneshot
                RemainAfterExit=yes
                KillMode=process
                TimeoutStartSec=infinity
                ExecStart=%3$s

                [Install]
                WantedBy=multi-user.target
                """.formatted(mark, bridge, line(command));
    }

    /** The directories that {@link #write} would make, the outermost first; to be noted before it does. */
    static List<Path> missingDirectories() {
        return List.of(DIRECTORY, WANTS).stream()
                .filter(directory -> !Files.isDirectory(directory))
                .toList();
    }

    /**
     * Writes and enables them.
     *
     * @return whether anything changed
     */
    boolean write(AtBoot boot) {
        try {
            boolean changed = false;
            Files.createDirectories(WANTS);
            for (Map.Entry<Path, String> unit : texts(boot).entrySet()) {
                requireOurs(unit.getKey());
                changed |= write(unit.getKey(), unit.getValue());
            }
            if (changed) {
                reload();
            }
            return changed;
        } catch (IOException e) {
            throw failure("write", e);
        }
    }

    private static boolean write(Path file, String text) throws IOException {
        Path link = WANTS.resolve(file.getFileName());
        boolean linked = Files.exists(link, LinkOption.NOFOLLOW_LINKS);
        if (!linked) {
            Files.createSymbolicLink(link, file);
        }
        if (Files.exists(file) && Files.readString(file).equals(text)) {
            return !linked;
        }
        Files.writeString(file, text);
        return true;
    }

    private void requireOurs(Path file) throws IOException {
        if (Files.exists(file) && !Files.readString(file).startsWith("# " + mark + "\n")) {
            throw new MinionsException(
                    ErrorCode.NETWORK_ERROR, "write '" + file + "': there is such a unit, and it is not ours");
        }
    }

    /**
     * Removes them.
     *
     * @param directories those that {@link #write} made, the outermost first; they go if nothing else is in them
     * @return whether there was anything
     */
    boolean remove(List<Path> directories) {
        try {
            boolean removed = false;
            for (Path file : List.of(machines(), network())) {
                removed |= Files.deleteIfExists(WANTS.resolve(file.getFileName()));
                removed |= Files.deleteIfExists(file);
            }
            for (Path directory : directories.reversed()) {
                deleteIfEmpty(directory);
            }
            if (removed) {
                reload();
            }
            return removed;
        } catch (IOException e) {
            throw failure("remove", e);
        }
    }

    private static void deleteIfEmpty(Path directory) throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            return; // somebody else uses it by now
        }
    }

    private static void reload() {
        if (Files.isDirectory(RUNNING)) {
            HostCommand.of("systemctl", "daemon-reload").run();
        }
    }

    /** A command as systemd reads it: quoted, and with nothing that it would put something else in for. */
    private static String line(List<String> command) {
        return command.stream()
                .map(word -> '"'
                        + word.replace("\\", "\\\\")
                                .replace("\"", "\\\"")
                                .replace("%", "%%")
                                .replace("$", "$$")
                        + '"')
                .collect(Collectors.joining(" "));
    }

    private static MinionsException failure(String verb, IOException e) {
        return new MinionsException(ErrorCode.IO_ERROR, verb + " units of systemd: " + e, e);
    }
}
