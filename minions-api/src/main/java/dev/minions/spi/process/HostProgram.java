package dev.minions.spi.process;

import dev.minions.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An executable file on this host.
 *
 * @param path where it is, absolute
 */
public record HostProgram(Path path) {
    /** What helpers are looked for in when {@code PATH} lacks it, as it does for users who are not root on Debian. */
    private static final String SYSTEM = "/usr/sbin:/usr/bin:/sbin:/bin";

    /** Checks that the path is absolute. */
    public HostProgram {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("a program's path must be absolute, got '" + path + "'");
        }
    }

    /**
     * Looks for a program in the directories of {@code PATH}, then in those of the system.
     *
     * @param name a file name such as {@code nft}, or a path
     */
    public static Optional<HostProgram> find(String name) {
        if (name.contains("/")) {
            return Optional.of(Path.of(name).toAbsolutePath())
                    .filter(HostProgram::isProgram)
                    .map(HostProgram::new);
        }
        return Stream.of(searchPath().split(":"))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, name))
                .filter(HostProgram::isProgram)
                .findFirst()
                .map(HostProgram::new);
    }

    /**
     * The program, or a failure that says what to do.
     *
     * @param name a file name or a path
     * @param hint what brings the program, for example {@code apt install nftables}
     * @throws dev.minions.error.MinionsException with {@code PROGRAM_MISSING} if there is none
     */
    public static HostProgram require(String name, String hint) {
        return find(name)
                .orElseThrow(() -> Failures.failure(
                        ErrorCode.PROGRAM_MISSING,
                        "run '" + name + "': there is no such program on "
                                + (name.contains("/") ? "this host" : searchPath())
                                + (hint.isEmpty() ? "" : "; " + hint)));
    }

    /** The directories that programs are looked for in, and that every process of ours is given as its {@code PATH}. */
    static String searchPath() {
        String path = System.getenv("PATH");
        return path == null || path.isEmpty() ? SYSTEM : path + ":" + SYSTEM;
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
