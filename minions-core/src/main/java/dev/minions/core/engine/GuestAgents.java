package dev.minions.core.engine;

import dev.minions.Command;
import dev.minions.ExecResult;
import dev.minions.GuestFile;
import dev.minions.GuestProcess;
import dev.minions.GuestStatus;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reaches the agents in guests. Any thread. */
interface GuestAgents extends AutoCloseable {
    /**
     * Tries to reach the agent of a guest that may not be up.
     *
     * @param limit how long this one try may take
     * @return empty if nobody answered in time
     * @throws dev.minions.error.MinionsException {@code AGENT_ERROR} if somebody answered who is not this VM's agent
     */
    Optional<Link> tryReach(VmRecord vm, Vmm vmm, Duration limit);

    /**
     * A link to the agent of a guest that is up.
     *
     * @throws dev.minions.error.MinionsException {@code AGENT_TIMEOUT}, {@code NO_LANE}
     */
    Link reach(VmRecord vm, Vmm vmm, Duration limit);

    /** Lets go of every link. */
    @Override
    void close();

    /** A conversation with one agent, shared by all who work on that VM in this engine. */
    interface Link extends AutoCloseable {
        /** Makes the guest the one VM that it is. */
        void configure(Identity identity, Duration limit);

        /** Runs a command to its end. */
        ExecResult exec(Command command);

        /** Begins a command. */
        GuestProcess start(Command command);

        /** What the agent says of the guest. */
        GuestStatus status(Duration limit);

        /**
         * Asks the guest to power itself off.
         *
         * @return whether the agent took it; an old one does not know how
         */
        boolean shutDown(Duration limit);

        /**
         * Makes the guest's file systems stand still with everything written.
         *
         * @param hold how long at most; then the guest lets go by itself
         * @throws dev.minions.error.MinionsException {@code NOT_SUPPORTED} if the agent does not know how
         */
        void freeze(Duration hold, Duration limit);

        /**
         * Ends a freeze.
         *
         * @return false if it had ended by itself
         */
        boolean thaw(Duration limit);

        /** Tells the guest what it is called. */
        void rename(String hostname, Duration limit);

        /** Gives the link back. */
        @Override
        void close();
    }

    /**
     * What makes a clone of an image this VM.
     *
     * @param hostname the guest's own name
     * @param network its address; empty where it has no card
     * @param authorizedKeys who may log in as root, a line each
     * @param files files to write
     * @param fresh whether its disk is another VM's, whose machine-id and SSH host keys it must not keep
     */
    record Identity(
            String hostname,
            Optional<Address> network,
            List<String> authorizedKeys,
            List<GuestFile> files,
            boolean fresh) {}

    /**
     * A guest's address.
     *
     * @param cidr address and prefix length, for example {@code 10.0.0.2/16}
     * @param gateway what leads out
     * @param dns name servers
     * @param cidr6 an IPv6 address and prefix length beside the other; empty where the network has none
     * @param gateway6 what leads out for IPv6
     */
    record Address(String cidr, String gateway, List<String> dns, Optional<String> cidr6, Optional<String> gateway6) {}
}
