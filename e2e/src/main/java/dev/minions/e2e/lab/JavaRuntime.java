package dev.minions.e2e.lab;

import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/**
 * The Java that hosts of the lab run on: this one, without what only a compiler or a screen needs. Debian 12 itself has
 * none that is new enough.
 */
final class JavaRuntime {
    private static final String MODULES = "java.se,jdk.jfr,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs";
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private JavaRuntime() {}

    /**
     * The runtime, made when it is first asked for.
     *
     * @param home where it stays
     * @param work where it is made, on the same file system
     */
    static Path in(Path home, Path work) throws IOException {
        Path target = home.resolve("java-" + Runtime.version().toString().replaceAll("[^0-9.]", "-"));
        if (Files.isDirectory(target)) {
            return target;
        }
        Path begun = work.resolve("java");
        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        HostCommand.of(List.of(
                        jlink.toString(),
                        "--add-modules",
                        MODULES,
                        "--strip-debug",
                        "--no-header-files",
                        "--no-man-pages",
                        // Without it every start would read and link the JDK's own classes anew.
                        "--generate-cds-archive",
                        "--output",
                        begun.toString()))
                .within(LIMIT)
                .run();
        return Files.move(begun, target, StandardCopyOption.ATOMIC_MOVE);
    }
}
