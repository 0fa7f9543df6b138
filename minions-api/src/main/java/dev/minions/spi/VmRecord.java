package dev.minions.spi;

import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the store keeps of a VM.
 *
 * @param id its identity
 * @param project its project
 * @param name its name
 * @param spec what it was asked to be; its name is {@code name}
 * @param imageDigest the image it stands on, {@code sha256:…}
 * @param state where it is, as last seen
 * @param desired where it should be: {@link VmState#RUNNING} or {@link VmState#STOPPED}
 * @param failure why it failed, if it did
 * @param lifetime whether it lives longer than its maker
 * @param owner the engine an ephemeral VM belongs to
 * @param cid its context id
 * @param network the space its address is unique in
 * @param address its IPv4 address as an unsigned number; empty where it has no network
 * @param hypervisor the backend that runs it
 * @param volumes the backend that has its disks
 * @param nic the backend that connects it
 * @param createdAt when it was created, by the wall clock
 * @param startedAt when its agent last began to answer, while it runs
 */
public record VmRecord(
        VmId id,
        ProjectName project,
        VmName name,
        VmSpec spec,
        String imageDigest,
        VmState state,
        VmState desired,
        Optional<String> failure,
        MachineSpec.Lifetime lifetime,
        Optional<String> owner,
        long cid,
        String network,
        OptionalLong address,
        BackendRef hypervisor,
        BackendRef volumes,
        BackendRef nic,
        Instant createdAt,
        Optional<Instant> startedAt) {

    /** The same VM in another state. */
    public VmRecord in(VmState newState, VmState newDesired, Optional<String> newFailure, Optional<Instant> newStart) {
        return new VmRecord(
                id,
                project,
                name,
                spec,
                imageDigest,
                newState,
                newDesired,
                newFailure,
                lifetime,
                owner,
                cid,
                network,
                address,
                hypervisor,
                volumes,
                nic,
                createdAt,
                newStart);
    }

    /**
     * The same VM with another definition.
     *
     * @param newSpec with a name, which becomes the VM's
     */
    public VmRecord defined(VmSpec newSpec) {
        return new VmRecord(
                id,
                project,
                newSpec.name().orElseThrow(),
                newSpec,
                imageDigest,
                state,
                desired,
                failure,
                lifetime,
                owner,
                cid,
                network,
                address,
                hypervisor,
                volumes,
                nic,
                createdAt,
                startedAt);
    }

    /** The same VM as that of another engine. */
    public VmRecord ownedBy(String engine) {
        return new VmRecord(
                id,
                project,
                name,
                spec,
                imageDigest,
                state,
                desired,
                failure,
                lifetime,
                Optional.of(engine),
                cid,
                network,
                address,
                hypervisor,
                volumes,
                nic,
                createdAt,
                startedAt);
    }

    /**
     * A backend as it was configured then.
     *
     * @param id its id
     * @param configuration its {@link Backend#configuration}
     */
    public record BackendRef(BackendId id, String configuration) {
        /** That backend. */
        public static BackendRef of(Backend backend) {
            return new BackendRef(backend.id(), backend.configuration());
        }

        @Override
        public String toString() {
            return configuration.isEmpty() ? id.value() : id + " (" + configuration + ")";
        }
    }
}
