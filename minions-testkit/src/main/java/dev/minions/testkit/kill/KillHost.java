package dev.minions.testkit.kill;

import dev.minions.Minions;
import dev.minions.VmId;
import dev.minions.testkit.ChildJvm;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.KillPoint;
import java.time.Duration;
import java.util.Collection;

/** A host that VMs are changed on, by this JVM and by others that are killed. Nothing else is made there meanwhile. */
public interface KillHost extends Change.Guests {
    /** A new process on it, in this JVM, that counts its calls of the store and of backends. */
    FakeHost process();

    /** Opens an engine in that process. */
    Minions open(FakeHost process);

    /** Starts a JVM that calls {@link DoomedProgram#run} with this host, that change and that point. */
    ChildJvm start(Change change, KillPoint point);

    /**
     * What is on it that VMs are made of: processes, files, devices, rules. One line for each thing, beginning with its
     * kind.
     */
    Collection<String> things();

    /** How long what ends by itself may take for that, such as the launcher of a VMM that has ended. */
    Duration calm();

    /** What {@link #mark} wrote last to a VM's root disk, or another word if that cannot be read. */
    String markOf(VmId vm);
}
