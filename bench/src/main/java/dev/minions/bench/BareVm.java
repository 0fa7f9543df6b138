package dev.minions.bench;

import dev.minions.VmInfo;
import dev.minions.agent.client.AgentClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A VMM that this program started by itself, with a guest whose agent answers. Closing it kills what still runs. */
interface BareVm extends AutoCloseable {
    /** Long enough for a guest in the slowest emulation. */
    Duration LIMIT = Duration.ofMinutes(5);

    /** Starts one like a VM that runs: the same hypervisor, machine, kernel and image. */
    @FunctionalInterface
    interface Starter {
        BareVm start() throws Exception;
    }

    /**
     * What starts VMs like one of Minions' that runs.
     *
     * @param scratch a directory for what they make
     */
    static Starter like(VmInfo running, Path scratch) throws IOException, NotPossibleException {
        return switch (running.backends().hypervisor()) {
            case "qemu" -> BareMachine.like(running, scratch)::start;
            case "cloud-hypervisor" -> BareCloudHypervisor.like(running, scratch)::start;
            default ->
                throw new NotPossibleException(
                        "nothing is known of a bare " + running.backends().hypervisor());
        };
    }

    /** The guest's agent, attached to by the protocol's client alone. */
    AgentClient agent();

    /** The VMM. */
    Process process();

    /** Has the guest power itself off, and waits for the VMM's end. */
    default void powerOff() throws IOException, InterruptedException {
        agent().powerOff(LIMIT);
        if (!process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("the bare machine did not end within " + LIMIT.toSeconds() + " s of its power-off");
        }
    }

    @Override
    void close();
}
