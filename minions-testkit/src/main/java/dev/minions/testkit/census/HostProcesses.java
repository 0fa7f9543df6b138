package dev.minions.testkit.census;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The processes of this host, read from {@code /proc}. One that goes while it is looked at was not there. */
final class HostProcesses {
    private static final Path PROC = Path.of("/proc");
    /** The place of the parent's pid after the program's name in {@code stat}, from 0 (proc(5)). */
    private static final int PARENT = 1;

    private static final int STATE_LISTEN = 0x0A;
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final int HEX = 16;

    /**
     * A process.
     *
     * @param pid its pid
     * @param command its command line, with spaces between the words
     * @param user the id of the user it runs as; -1 if it has gone
     * @param touches its directory and every file it has open, as the kernel names them
     */
    record Found(long pid, String command, long user, Set<String> touches) {
        /** Whether it works in one of those directories, has a file in one open, or was given a path into one. */
        boolean uses(List<Path> directories) {
            for (Path directory : directories) {
                String path = directory.toString();
                if (command.contains(path)
                        || touches.stream()
                                .anyMatch(touched -> touched.equals(path) || touched.startsWith(path + "/"))) {
                    return true;
                }
            }
            return false;
        }
    }

    private HostProcesses() {}

    /** All but this JVM, and its copies that are about to become another program: they have its files for a moment. */
    static List<Found> all() {
        List<Found> found = new ArrayList<>();
        long self = ProcessHandle.current().pid();
        String own = command(PROC.resolve("self"));
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                long pid = Long.parseLong(String.valueOf(entry.getFileName()));
                String command = command(entry);
                boolean ours = pid == self || (command.equals(own) && parent(entry) == self);
                if (!ours && !command.isEmpty()) { // a kernel thread and a zombie have none
                    found.add(new Found(pid, command, user(entry), touches(entry)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** The effective one, the second of the four that the kernel tells. */
    private static long user(Path process) {
        return text(process.resolve("status"))
                .lines()
                .filter(line -> line.startsWith("Uid:"))
                .map(line -> Long.parseLong(line.split("\\s+", -1)[2]))
                .findFirst()
                .orElse(-1L);
    }

    private static String command(Path process) {
        return text(process.resolve("cmdline")).replace('\0', ' ').strip();
    }

    /** The pid of the process that started it, or -1. */
    private static long parent(Path process) {
        String stat = text(process.resolve("stat"));
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", PARENT + 2);
        return afterName.length > PARENT ? Long.parseLong(afterName[PARENT]) : -1;
    }

    private static Set<String> touches(Path process) {
        Set<String> touched = new HashSet<>();
        touched.add(target(process.resolve("cwd")));
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            descriptors.forEach(descriptor -> touched.add(target(descriptor)));
        } catch (IOException e) {
            return touched; // gone, or another user's
        }
        return touched;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** The TCP ports that somebody listens on, each with the name that the kernel gives its socket. */
    static Map<Integer, Set<String>> listening() {
        Map<Integer, Set<String>> ports = new HashMap<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            text(PROC.resolve("self").resolve(table))
                    .lines()
                    .skip(1)
                    .map(line -> line.strip().split("\\s+"))
                    .filter(words -> Integer.parseInt(words[STATE], HEX) == STATE_LISTEN)
                    .forEach(words -> ports.computeIfAbsent(port(words[LOCAL_ADDRESS]), any -> new HashSet<>())
                            .add("socket:[" + words[INODE] + "]"));
        }
        return ports;
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), HEX);
    }
}
