package dev.minions.core.engine;

import dev.minions.testkit.fake.FakeHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** A program that changes a VM and is killed at a moment of that, by {@code SIGKILL} and no exit of its own. */
final class KilledProgram {
    private KilledProgram() {}

    /** Arguments: the host's directory, the name of a {@link KillAtEveryMomentTest.Change}, the moment. */
    public static void main(String[] args) {
        DiskHost host = new DiskHost(Path.of(args[0]));
        FakeHost process = host.process().killAt(Long.parseLong(args[2])).whenKilled(KilledProgram::die);
        try (Engine engine = host.engine(process)) {
            KillAtEveryMomentTest.Change.valueOf(args[1]).apply(engine);
            die(); // had the change fewer moments this time, it dies after it
        }
    }

    private static void die() {
        try {
            new ProcessBuilder(
                            "kill",
                            "-KILL",
                            Long.toString(ProcessHandle.current().pid()))
                    .inheritIO()
                    .start();
        } catch (IOException e) {
            Runtime.getRuntime().halt(1);
        }
        while (true) {
            LockSupport.park();
        }
    }
}
