package dev.minions.core.image;

import dev.minions.ImageBuild;
import dev.minions.ProgressListener;
import dev.minions.core.image.DebianRecipe.Part;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.ImageSource.Parts;
import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Makes a disk of a root file system, and beside it the kernel and the initramfs that boot it. */
final class DiskAssembly {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String TOO_SMALL = "Could not allocate";

    private final BuildHost host;
    private final Path work;

    DiskAssembly(BuildHost host, Path work) {
        this.host = host;
        this.work = work;
    }

    /**
     * Makes the parts of an image in the work directory.
     *
     * @param rootFileSystem a directory or an archive, which is used up
     * @param agent the archive with the agent
     */
    Parts assemble(ImageBuild build, Path rootFileSystem, Path agent, String fingerprint, ProgressListener progress) {
        String doing = "build image '" + build.image() + "'";
        try {
            for (Part part : List.of(Part.EARLY, Part.ADOPT, Part.AGENT_UNIT)) {
                Files.writeString(work.resolve(part.file()), part.text());
            }
            run(doing, build, rootFileSystem, agent, fingerprint, progress);
            progress.step("making the initramfs");
            Path kernel = work.resolve("kernel");
            LinuxKernel.unpack(work.resolve("kernel.boot"), kernel);
            return new Parts(
                    work.resolve("disk"),
                    Optional.of(kernel),
                    Optional.of(initramfs()),
                    DebianRecipe.KERNEL_ARGUMENTS,
                    DebianRecipe.OS,
                    DebianRecipe.ARCHITECTURE,
                    agentVersion(),
                    versions(build));
        } catch (IOException e) {
            throw Failures.io(doing, e);
        }
    }

    private void run(
            String doing, ImageBuild build, Path root, Path agent, String fingerprint, ProgressListener progress) {
        List<String> script = List.of(
                "/bin/sh",
                "-c",
                Part.ASSEMBLE.text(),
                "sh",
                root.toString(),
                agent.toString(),
                Long.toString(build.size().bytes()),
                UUID.nameUUIDFromBytes(fingerprint.getBytes(StandardCharsets.UTF_8))
                        .toString(),
                Long.toString(DebianRecipe.DATE));
        BootstrapLog log = new BootstrapLog(progress);
        HostCommand command = HostCommand.of(host.asRoot(script)).within(LIMIT).directory(work);
        HostCommand.Result result = WatchedCommand.run(command, log);
        if (!result.succeeded()) {
            String advice = result.stderr().contains(TOO_SMALL)
                    ? "; what goes into the image does not fit in " + build.size() + ", pass a larger --size"
                    : "";
            throw new MinionsException(ErrorCode.IMAGE_ERROR, doing + ": " + log.reason() + advice);
        }
    }

    private Path initramfs() throws IOException {
        Path file = work.resolve("initrd");
        try (CpioArchive archive = new CpioArchive(Files.newOutputStream(file))) {
            for (String directory : List.of("dev", "proc", "root", "run", "sys")) {
                archive.directory(directory);
            }
            archive.device("dev/console", 5, 1);
            archive.program("init", Part.INIT.text().getBytes(StandardCharsets.UTF_8));
            archive.tree(work.resolve("initrd.tree"));
        }
        return file;
    }

    private Optional<String> agentVersion() throws IOException {
        Path file = work.resolve("agent-version");
        return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    }

    private Map<String, String> versions(ImageBuild build) throws IOException {
        Map<String, String> versions = new TreeMap<>();
        for (String line : Files.readAllLines(work.resolve("packages"))) {
            String[] fields = line.split("\t", 2);
            if (fields.length == 2 && build.include().contains(fields[0])) {
                versions.put(fields[0], fields[1]);
            }
        }
        return versions;
    }
}
