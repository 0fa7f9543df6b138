package dev.minions.hypervisor.qemu;

import dev.minions.HostReport.Finding;
import dev.minions.spi.process.HostProgram;
import java.util.List;
import java.util.Map;

/** The small programs that starting a VMM takes; every Debian has them, a bare container may not. */
final class HostPrograms {
    private static final Map<String, String> NEEDED = Map.of(
            "setsid", "apt install util-linux",
            "setpriv", "apt install util-linux",
            "mkfifo", "apt install coreutils",
            "split", "apt install coreutils");

    private HostPrograms() {}

    static void addMissing(List<Finding> findings) {
        NEEDED.forEach((program, advice) -> {
            if (HostProgram.find(program).isEmpty()) {
                findings.add(Finding.error(program, "VMMs are started with it, and it is not on the PATH", advice));
            }
        });
    }
}
