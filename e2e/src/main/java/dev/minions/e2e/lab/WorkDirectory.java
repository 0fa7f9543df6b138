package dev.minions.e2e.lab;

import dev.minions.spi.process.HostDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Where a lab has what goes with it. A lab that was killed leaves it to the next one. */
final class WorkDirectory {
    private static final String PREFIX = "run-";

    private WorkDirectory() {}

    /** Makes that of this process, and removes those of processes that are dead. */
    static Path make(Path home) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(home, PREFIX + "*")) {
            for (Path directory : all) {
                long pid = Long.parseLong(directory.getFileName().toString().substring(PREFIX.length()));
                if (ProcessHandle.of(pid).isEmpty()
                        || pid == ProcessHandle.current().pid()) {
                    remove(directory);
                }
            }
        }
        // VMMs that are not root read the disks in it.
        return Files.createDirectory(
                home.resolve(PREFIX + ProcessHandle.current().pid()),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    static void remove(Path directory) {
        HostDirectory.remove(directory);
    }
}
