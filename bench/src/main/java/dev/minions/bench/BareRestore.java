package dev.minions.bench;

import dev.minions.spi.MachineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a {@code cloud-hypervisor} does by itself with the memory that was saved of a machine. */
final class BareRestore {
    /** With it a VMM that is not root may take its memory in page by page; ours asks for that where it is on. */
    private static final Path ON_DEMAND = Path.of("/proc/sys/vm/unprivileged_userfaultfd");

    private final MachineSpec machine;
    private final Path saved;
    private final Path root;

    /**
     * For a machine.
     *
     * @param saved its memory
     * @param root a directory for what is made
     */
    BareRestore(MachineSpec machine, Path saved, Path root) {
        this.machine = machine;
        this.saved = saved;
        this.root = root;
    }

    /** Restores it until its agent answers, and ends it; how long the first took, in ms. */
    double run() throws Exception {
        Path directory = Files.createDirectory(root.resolve("bare"));
        for (String name : List.of("state.json", "memory-ranges")) {
            Files.createLink(directory.resolve(name), saved.resolve(name));
        }
        Files.writeString(
                directory.resolve("config.json"),
                Files.readString(saved.resolve("config.json"))
                        .replace(machine.place().run().toString(), directory.toString()));
        Path socket = directory.resolve("api");
        Stopwatch watch = new Stopwatch();
        Process process = new ProcessBuilder("cloud-hypervisor", "--api-socket", "path=" + socket)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        try {
            BareCloudHypervisor.ask(
                    BareCloudHypervisor.awaitSocket(process, socket), "PUT", "vm.restore", request(directory));
            BareCloudHypervisor.ask(socket, "PUT", "vm.resume", "");
            BareCloudHypervisor.attach(directory).close();
            return watch.millis();
        } finally {
            Cleanup.all(() -> process.destroyForcibly().waitFor(), () -> Cleanup.delete(directory));
        }
    }

    private static String request(Path directory) throws IOException {
        boolean onDemand = Files.readString(ON_DEMAND).startsWith("1");
        return "{\"source_url\":\"file://" + directory + "\""
                + (onDemand ? ",\"memory_restore_mode\":\"OnDemand\"" : "") + "}";
    }
}
