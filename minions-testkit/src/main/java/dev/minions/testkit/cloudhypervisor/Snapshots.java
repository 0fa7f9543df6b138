package dev.minions.testkit.cloudhypervisor;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Memory on disk: the configuration, the state of the devices, and a file as long as the memory. */
final class Snapshots {
    private static final String FILE = "file://";
    private static final String SAVE = "The VM could not be snapshotted";
    private static final String RESTORE = "The VM could not be restored";

    private final Options options;
    private final Machine machine;
    private final Schema schema;

    Snapshots(Options options, Machine machine, Schema schema) {
        this.options = options;
        this.machine = machine;
        this.schema = schema;
    }

    void save(Map<String, Object> wanted) throws ApiError {
        if (!machine.isBooted()) {
            throw ApiError.internal(SAVE, "VM is not running");
        }
        machine.events().report("vm", "snapshotting");
        if (machine.state() != Machine.State.PAUSED) {
            throw ApiError.internal(
                    SAVE,
                    "Cannot snapshot VM",
                    "Failed to snapshot migratable component",
                    "Trying to snapshot while VM is running");
        }
        machine.events().report("vm", "snapshotted");
        Path directory = directory(Json.field(wanted, "destination_url"), SAVE);
        if (!Files.isDirectory(directory)) {
            throw cannotSend("Destination is not a directory: \"" + directory + "\"");
        }
        Map<String, Object> config = machine.config().orElseThrow();
        try {
            Files.writeString(directory.resolve("config.json"), Json.print(config), StandardOpenOption.CREATE_NEW);
            Files.writeString(
                    directory.resolve("state.json"),
                    "{\"version\":\"" + options.version() + "\"}",
                    StandardOpenOption.CREATE_NEW);
            try (var memory =
                    new RandomAccessFile(directory.resolve("memory-ranges").toFile(), "rw")) {
                memory.setLength(Resizing.memory(config));
            }
        } catch (IOException e) {
            throw cannotSend("Error creating VM config snapshot file", Messages.of(e));
        }
    }

    private static ApiError cannotSend(String... causes) {
        return Messages.error(
                new String[] {SAVE, "Cannot send VM snapshot", "Failed to send migratable component snapshot"}, causes);
    }

    void restore(Map<String, Object> wanted) throws ApiError {
        if (machine.config().isPresent()) {
            throw ApiError.internal(RESTORE, "VM is already created");
        }
        Path directory = directory(Json.field(wanted, "source_url"), RESTORE);
        try {
            Map<String, Object> config = schema.read("VmConfig", Files.readString(directory.resolve("config.json")));
            Files.readString(directory.resolve("state.json"));
            if (Files.size(directory.resolve("memory-ranges")) != Resizing.memory(config)) {
                throw ApiError.internal(RESTORE, "The memory file has another size");
            }
            machine.restore(config);
        } catch (IOException e) {
            throw ApiError.internal(RESTORE, "Error reading the snapshot", Messages.of(e));
        }
    }

    private static Path directory(Object url, String outer) throws ApiError {
        String text = url.toString();
        if (!text.startsWith(FILE)) {
            throw ApiError.internal(outer, "Invalid URL: " + text);
        }
        return Path.of(text.substring(FILE.length()));
    }
}
