package dev.minions.hypervisor.qemu;

import dev.minions.spi.VmPlace;
import dev.minions.spi.process.RotatedLog;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the files of a VM's VMM are. Socket names are short, since their whole path must fit into 108 bytes; QEMU makes
 * them in its working directory.
 */
record VmmFiles(VmPlace place) {
    /** How many control sockets a VMM has. Each serves one client, so a client that hangs must not shut out all. */
    static final int CONTROL_SOCKETS = 3;

    /** How many ports lead to the guest's agent. */
    static final int LANES = 8;

    static final String CONSOLE_SOCKET = "console";
    static final String START_SOCKET = "up";

    /** Where a machine's memory comes out of the VMM, or goes into it. */
    static final String MEMORY_SOCKET = "memory";

    static String controlName(int number) {
        return "qmp" + number;
    }

    static String laneName(int lane) {
        return "agent" + lane;
    }

    /** What only the VMM writes to. */
    Path run() {
        return place.run();
    }

    /** What the launcher knows of the process. */
    Path launch() {
        return place.records().resolve("vmm");
    }

    RotatedLog log() {
        return new RotatedLog(place.records(), "vmm-log");
    }

    RotatedLog console() {
        return new RotatedLog(place.records(), "console");
    }

    Path startSocket() {
        return run().resolve(START_SOCKET);
    }

    Path memorySocket() {
        return run().resolve(MEMORY_SOCKET);
    }

    Path control(int number) {
        return run().resolve(controlName(number));
    }

    Path lane(int lane) {
        return run().resolve(laneName(lane));
    }

    Map<String, Path> named() {
        var paths = new LinkedHashMap<String, Path>();
        paths.put("console-log", console().current());
        paths.put("vmm-log", log().current());
        paths.put("console", run().resolve(CONSOLE_SOCKET));
        for (int i = 0; i < CONTROL_SOCKETS; i++) {
            paths.put("qmp-" + i, control(i));
        }
        for (int i = 0; i < LANES; i++) {
            paths.put("agent-" + i, lane(i));
        }
        return paths;
    }
}
