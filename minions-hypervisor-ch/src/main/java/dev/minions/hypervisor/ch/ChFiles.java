package dev.minions.hypervisor.ch;

import dev.minions.spi.VmPlace;
import dev.minions.spi.process.RotatedLog;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the files of a VM's VMM are. Socket names are short, since their whole path must fit into 108 bytes, and that of
 * the vsock gets a port number behind it.
 */
record ChFiles(VmPlace place) {
    private static final String API = "api";
    private static final String SERIAL = "serial";
    private static final String CONSOLE = "console";
    private static final String VSOCK = "vsock";
    private static final int READY_PORT = 1025;

    /** What only the VMM writes to. */
    Path run() {
        return place.run();
    }

    /** What the launcher knows of the process. */
    Path launch() {
        return place.records().resolve("vmm");
    }

    /** Events and complaints of the VMM. */
    RotatedLog log() {
        return new RotatedLog(place.records(), "vmm-log");
    }

    RotatedLog console() {
        return new RotatedLog(place.records(), "console");
    }

    /** By what we ended it, if we did. */
    Path ending() {
        return launch().resolve("ending");
    }

    Path api() {
        return run().resolve(API);
    }

    Path serial() {
        return run().resolve(SERIAL);
    }

    /** Where clients of the console connect to. */
    Path consoleSocket() {
        return run().resolve(CONSOLE);
    }

    Path vsock() {
        return run().resolve(VSOCK);
    }

    /** Where the guest's call arrives that it is ready. */
    Path ready() {
        return run().resolve(VSOCK + "_" + READY_PORT);
    }

    Map<String, Path> named() {
        var paths = new LinkedHashMap<String, Path>();
        paths.put("console-log", console().current());
        paths.put("vmm-log", log().current());
        paths.put("console", consoleSocket());
        paths.put("api", api());
        paths.put("vsock", vsock());
        return paths;
    }
}
