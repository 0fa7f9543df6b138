package dev.minions.core.engine;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.Backend;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.Network;
import dev.minions.spi.NicKind;
import dev.minions.spi.VmRecord;
import dev.minions.spi.VmRecord.BackendRef;
import dev.minions.spi.VolumeBackend;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The backends of one engine, which fit each other.
 *
 * @param hypervisor runs VMs
 * @param volumes makes their disks
 * @param network connects them
 */
public record Backends(Hypervisor hypervisor, VolumeBackend volumes, Network network) implements AutoCloseable {
    /**
     * Refuses a set that does not fit.
     *
     * @throws MinionsException {@code NO_FITTING_BACKENDS}
     */
    public Backends {
        Optional<String> misfit = misfit(hypervisor, volumes, network);
        if (misfit.isPresent()) {
            throw new MinionsException(ErrorCode.NO_FITTING_BACKENDS, misfit.get());
        }
    }

    private static Optional<String> misfit(Hypervisor hypervisor, VolumeBackend volumes, Network network) {
        Hypervisor.Traits traits = hypervisor.traits();
        if (!traits.disks().containsAll(volumes.formats())) {
            return Optional.of("hypervisor '" + hypervisor.id() + "' takes disks of " + traits.disks() + ", volumes '"
                    + volumes.id() + "' makes " + volumes.formats() + "; choose two that have the formats in common");
        }
        if (network.kind() != NicKind.NONE && !traits.nics().contains(network.kind())) {
            return Optional.of("hypervisor '" + hypervisor.id() + "' takes cards of " + traits.nics() + ", network '"
                    + network.id() + "' makes " + network.kind() + "; choose two that have the kind in common");
        }
        return Optional.empty();
    }

    /** The reference to a backend's configuration that this engine lacks, if the VM needs one. */
    Optional<BackendRef> missing(VmRecord vm) {
        return Stream.of(vm.hypervisor(), vm.volumes(), vm.nic())
                .filter(needed -> !has(needed))
                .findFirst();
    }

    private boolean has(BackendRef needed) {
        return Stream.of(hypervisor, volumes, network).map(BackendRef::of).anyMatch(needed::equals);
    }

    /**
     * Refuses to work on a VM that stands on other backends.
     *
     * @throws MinionsException {@code BACKEND_MISSING}
     */
    void require(VmRecord vm, String operation) {
        missing(vm).ifPresent(needed -> {
            throw new MinionsException(
                    ErrorCode.BACKEND_MISSING,
                    operation + " vm '" + vm.name() + "': it needs backend " + needed
                            + ", which this engine was not given");
        });
    }

    boolean is(Backend backend, BackendRef wanted) {
        return BackendRef.of(backend).equals(wanted);
    }

    @Override
    public void close() {
        hypervisor.close();
        network.close();
        volumes.close();
    }
}
