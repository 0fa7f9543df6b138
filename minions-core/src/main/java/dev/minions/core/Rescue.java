package dev.minions.core;

import dev.minions.ImageRef;
import dev.minions.core.engine.DataDirectory;
import dev.minions.core.engine.Salvage;
import dev.minions.core.image.ImageStore;
import dev.minions.core.instance.HostFacts;
import dev.minions.core.instance.Installation;
import dev.minions.core.instance.InstanceId;
import dev.minions.core.instance.InstanceLocks;
import dev.minions.core.store.SqliteStore;
import dev.minions.core.store.VmJson;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.ImageRecord;
import dev.minions.spi.VmRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Puts a data directory right that engines cannot open, or whose database does not know all that is there. */
final class Rescue {
    private Rescue() {}

    /** Makes known what lies in the data directory, in a new database if there is none. */
    static RecoveryReport recover(Path dataDirectory) {
        Installation installation = Installation.open(dataDirectory, HostFacts.ofThisHost());
        DataDirectory directory = new DataDirectory(installation.dataDirectory(), installation.socketDirectory());
        requireNobody("recover", directory.root());
        Salvage salvage = Salvage.look(directory, VmJson::read, VmJson::snapshots);
        List<ImageRecord> stored = ImageStore.stored(directory.images());
        List<ImageRef> images = new ArrayList<>();
        String deadEngine = InstanceId.random().value();
        SqliteStore.restore(directory.root(), transaction -> {
            stored.stream()
                    .filter(image -> ImageStore.adopt(image, transaction))
                    .forEach(image -> images.add(image.digest()));
            salvage.enter(transaction, deadEngine);
        });
        return new RecoveryReport(
                salvage.entered().stream().map(VmRecord::name).toList(),
                images,
                salvage.left().stream()
                        .map(left -> new RecoveryReport.Left(left.directory(), left.reason()))
                        .toList());
    }

    /** Binds a data directory to this machine and its present path, which it returns. */
    static Path adopt(Path dataDirectory) {
        HostFacts host = HostFacts.ofThisHost();
        requireNobody("adopt", dataDirectory);
        if (Installation.isCopy(dataDirectory)) {
            Salvage.disown(dataDirectory.resolve("vms"));
        } else {
            Salvage.requireNothingRuns(dataDirectory.resolve("vms"));
        }
        return Installation.adopt(dataDirectory, host).dataDirectory();
    }

    private static void requireNobody(String verb, Path dataDirectory) {
        List<InstanceId> living =
                InstanceLocks.in(dataDirectory.resolve("instances")).living();
        if (!living.isEmpty()) {
            throw new MinionsException(
                    ErrorCode.STORE_ERROR,
                    verb + " data directory '" + dataDirectory + "': " + living.size()
                            + (living.size() == 1 ? " program has" : " programs have")
                            + " it open; end them first: 'fuser " + dataDirectory + "/instances/*' names them");
        }
    }
}
