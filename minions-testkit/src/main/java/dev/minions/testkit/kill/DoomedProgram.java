package dev.minions.testkit.kill;

import dev.minions.Minions;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.KillPoint;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** A program that makes a change and is killed at a point of it, by {@code SIGKILL} and no exit of its own. */
public final class DoomedProgram {
    private DoomedProgram() {}

    /** Makes the change and does not return. If it has no such point this time, it dies after it. */
    public static void run(KillHost host, Change change, KillPoint point) {
        FakeHost process = host.process().killAt(point).whenKilled(DoomedProgram::die);
        try (Minions minions = host.open(process)) {
            change.apply(minions, host);
            die();
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
