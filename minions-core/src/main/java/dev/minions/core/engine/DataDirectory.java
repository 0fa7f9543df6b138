package dev.minions.core.engine;

import dev.minions.VmId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmPlace;
import dev.minions.spi.process.HostDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where an installation keeps what, and the only place that knows it.
 *
 * @param root the data directory
 * @param sockets the directory for sockets, chosen once for this data directory
 */
public record DataDirectory(Path root, Path sockets) {
    /** Every VM's own directory, by id. */
    public Path vms() {
        return root.resolve("vms");
    }

    /** Images, by digest. */
    public Path images() {
        return root.resolve("images");
    }

    /** What can be fetched or made again. */
    public Path cache() {
        return root.resolve("cache");
    }

    /** A VM's place. The directory of its sockets is called after the random tail of its id, as its path must be short. */
    public VmPlace place(VmId vm, long cid) {
        return new VmPlace(vm, cid, vms().resolve(vm.toString()), sockets.resolve(vm.shortForm()));
    }

    /** Makes a VM's directory, which may be there. */
    static void make(VmPlace place) {
        try {
            Files.createDirectories(place.records());
        } catch (IOException e) {
            throw new MinionsException(
                    ErrorCode.IO_ERROR, "make directory '" + place.records() + "': " + e.getMessage(), e);
        }
    }

    /** Removes a VM's directories with all that is in them. A link is removed and not followed; absence is success. */
    static void remove(VmPlace place) {
        HostDirectory.remove(place.run());
        HostDirectory.remove(place.records());
    }
}
