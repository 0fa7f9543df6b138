package dev.minions.core.image;

import dev.minions.ByteSize;
import dev.minions.HostReport.Finding;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a host must have to build images, and who builds: root, or a user who is root in a namespace of his own.
 *
 * @param root whether this process is root
 */
record BuildHost(boolean root) {
    private static final ByteSize ROOM = ByteSize.gib(2);
    private static final String SUBJECT = "image building";

    static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false; // without /proc nothing else works either, and each step says so by itself
        }
    }

    /** Looks whether this host can build. Changes nothing. */
    static List<Finding> probe(@Nullable Path agentRuntime) {
        List<Finding> findings = new ArrayList<>();
        String machine = System.getProperty("os.arch", "");
        if (!supported(machine)) {
            findings.add(Finding.error(
                    SUBJECT,
                    "it is known how on x86_64 only, and this host is " + machine,
                    "import an image that was built elsewhere: minions image import"));
        }
        programs(isRoot()).forEach((program, advice) -> {
            if (HostProgram.find(program).isEmpty()) {
                findings.add(
                        Finding.error(SUBJECT, "it takes program '" + program + "', which is not on the PATH", advice));
            }
        });
        if (agentRuntime == null || !Files.isReadable(agentRuntime)) {
            findings.add(Finding.error(
                    SUBJECT,
                    "the runtime of the guest agent goes into every image, and "
                            + (agentRuntime == null
                                    ? "there is none beside this program"
                                    : "'" + agentRuntime + "' cannot be read"),
                    "name its archive, agent-runtime.tar.gz, with MINIONS_AGENT_RUNTIME"));
        }
        return findings.isEmpty() ? List.of(Finding.ok(SUBJECT, "debian can be built")) : List.copyOf(findings);
    }

    /**
     * This host, if it can build.
     *
     * @throws MinionsException {@code PROGRAM_MISSING}, {@code NOT_SUPPORTED}, {@code NO_SPACE}
     */
    static BuildHost require(String image, Path workDirectory) {
        String machine = System.getProperty("os.arch", "");
        if (!supported(machine)) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    "build image '" + image + "': known how on x86_64 only, this host is " + machine
                            + "; import a disk instead");
        }
        BuildHost host = new BuildHost(isRoot());
        programs(host.root()).forEach(HostProgram::require);
        try {
            long free = Files.getFileStore(workDirectory).getUsableSpace();
            if (free < ROOM.bytes()) {
                throw new MinionsException(
                        ErrorCode.NO_SPACE,
                        "build image '" + image + "': needs " + ROOM + " for a while, " + ByteSize.bytes(free)
                                + " free on the file system of " + workDirectory + "; free some");
            }
        } catch (IOException e) {
            throw Failures.io("build image '" + image + "'", e);
        }
        return host;
    }

    private static boolean supported(String machine) {
        return machine.equals("amd64") || machine.equals("x86_64");
    }

    private static Map<String, String> programs(boolean root) {
        Map<String, String> programs = new LinkedHashMap<>();
        programs.put("mmdebstrap", "apt install mmdebstrap");
        programs.put("mke2fs", "apt install e2fsprogs");
        programs.put("tar", "apt install tar");
        programs.put("unshare", "apt install util-linux");
        if (!root) {
            programs.put("newuidmap", "apt install uidmap");
        }
        return programs;
    }

    /**
     * What a command line begins with that mounts file systems: for root, mounts and processes of its own, which are gone
     * with it however it ends. Without root mmdebstrap makes them itself.
     */
    List<String> enclosed() {
        return root
                ? List.of(
                        "unshare",
                        "--mount",
                        "--propagation=private",
                        "--pid",
                        "--fork",
                        "--kill-child=KILL",
                        "--mount-proc",
                        "--")
                : List.of();
    }

    /** A command line as this host must run it so that the command is root over its files. */
    List<String> asRoot(List<String> command) {
        List<String> argv = new ArrayList<>();
        if (!root) {
            argv.addAll(List.of("unshare", "--map-root-user", "--map-auto", "--"));
        }
        argv.addAll(command);
        return argv;
    }
}
