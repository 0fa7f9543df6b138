package dev.minions.hypervisor.ch;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MemorySnapshots;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.HostUser;
import dev.minions.spi.process.RunAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Memory on disk, as Cloud Hypervisor writes and reads it: a directory with the configuration, the state of the devices
 * and the memory. To restore it elsewhere the configuration is written anew, beside links to the other two.
 */
final class ChMemorySnapshots implements MemorySnapshots {
    private static final String CONFIG = "config.json";
    private static final List<String> STATE = List.of("state.json", "memory-ranges");
    private static final List<String> FILES = List.of(CONFIG, "state.json", "memory-ranges");

    private final ChVersion version;
    private final HostLayers layers;
    private final ChHypervisor hypervisor;

    ChMemorySnapshots(ChVersion version, HostLayers layers, ChHypervisor hypervisor) {
        this.version = version;
        this.layers = layers;
        this.hypervisor = hypervisor;
    }

    /** Where a restored machine's edited configuration lies for as long as the VM is there. */
    static Path restoredFrom(VmPlace place) {
        return place.records().resolve("restored");
    }

    @Override
    public void save(VmPlace machine, Path directory) {
        Api api = hypervisor
                .api(machine)
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.WRONG_STATE, "save the memory of vm " + machine.vm() + ": it does not run"));
        requireReady(machine, directory, api);
        Optional<RunAs> user = HostUser.vmm(machine.cid(), layers.group());
        HostDirectory.makePrivate(directory, user);
        boolean saved = false;
        try {
            api.call(Verb.SNAPSHOT, JsonNodeFactory.instance.objectNode().put("destination_url", url(directory)));
            takeBack(directory);
            saved = true;
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "save to '" + directory + "': " + e, e);
        } finally {
            if (!saved) {
                HostDirectory.remove(directory);
            }
        }
    }

    /**
     * What was written is nobody's to change any more, and can be read by whoever is let into a directory with it. The
     * directory first: once it is ours, what is in it stays what it is while it is looked at.
     */
    private static void takeBack(Path directory) throws IOException {
        giveToThisUser(directory);
        for (String name : FILES) {
            Path file = directory.resolve(name);
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("'" + file + "' is no file");
            }
            giveToThisUser(file);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        }
    }

    private static void giveToThisUser(Path path) throws IOException {
        if (HostUser.isRoot()) {
            Files.setAttribute(path, "unix:uid", 0, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", 0, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static void requireReady(VmPlace machine, Path directory, Api api) {
        String what = "save the memory of vm " + machine.vm();
        if (!directory.toAbsolutePath().startsWith(machine.records().toAbsolutePath())) {
            throw new IllegalArgumentException(what + ": '" + directory + "' is not below '" + machine.records() + "'");
        }
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new MinionsException(ErrorCode.WRONG_STATE, what + ": '" + directory + "' exists");
        }
        if (!new ChPausing(api).isPaused()) {
            throw new MinionsException(ErrorCode.WRONG_STATE, what + ": it is not paused");
        }
    }

    @Override
    public Vmm restore(MachineSpec machine, Path directory) {
        Path edited = edit(machine, directory);
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("source_url", url(edited));
        if (version.restoresOnDemand() && layers.pagesOnDemand()) {
            request.put("memory_restore_mode", "OnDemand");
        }
        return hypervisor.starting(machine).run(api -> api.call(Verb.RESTORE, request), api -> {});
    }

    /** A directory for that VMM's user alone. The memory is not copied: its file has another name in there. */
    private Path edit(MachineSpec machine, Path directory) {
        Path edited = restoredFrom(machine.place());
        try {
            HostDirectory.remove(edited);
            Optional<RunAs> user = HostUser.vmm(machine.place().cid(), layers.group());
            HostDirectory.makePrivate(edited, Optional.empty());
            Path config = edited.resolve(CONFIG);
            Files.writeString(
                    config,
                    Answer.Json.write(
                            new MachineConfig(machine, version, layers).restored(read(directory.resolve(CONFIG)))));
            Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("r--------"));
            user.ifPresent(owner -> HostDirectory.giveTo(config, owner));
            for (String name : STATE) {
                Files.createLink(edited.resolve(name), directory.resolve(name));
            }
            user.ifPresent(owner -> HostDirectory.giveTo(edited, owner));
            return edited;
        } catch (IOException e) {
            throw new MinionsException(
                    ErrorCode.IO_ERROR, "restore vm '" + machine.name() + "' from '" + directory + "': " + e, e);
        }
    }

    private static ObjectNode read(Path config) throws IOException {
        try (var stream = Files.newInputStream(config, LinkOption.NOFOLLOW_LINKS)) {
            return (ObjectNode)
                    Answer.Json.read(new String(stream.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    private static String url(Path directory) {
        return "file://" + directory.toAbsolutePath();
    }
}
