package dev.minions.core.engine;

import dev.minions.testkit.fake.KillPoint;
import dev.minions.testkit.kill.Change;
import dev.minions.testkit.kill.DoomedProgram;
import java.nio.file.Path;

/** A program that changes a VM of a {@link DiskHost} and is killed at a point of that. */
final class KilledProgram {
    private KilledProgram() {}

    /** Arguments: the host's directory, the name of a {@link Change}, the point. */
    public static void main(String[] args) {
        DoomedProgram.run(new DiskHost(Path.of(args[0])), Change.valueOf(args[1]), KillPoint.of(args[2]));
    }
}
