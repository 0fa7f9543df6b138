package dev.minions.core.engine;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.DeviceId;
import dev.minions.spi.HotPlug;
import dev.minions.spi.Sizing;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The machine of a VM that runs, to be changed as far as its hypervisor can. */
final class LiveMachine implements AutoCloseable {
    private final String what;
    private final String hypervisor;
    private final Vmm vmm;

    /**
     * The machine of that VM.
     *
     * @param doing what is to be done, for messages: {@code resize}
     */
    LiveMachine(Backends backends, Power power, VmRecord vm, String doing) {
        this.what = doing + " vm '" + vm.name() + "'";
        this.hypervisor = backends.hypervisor().description();
        this.vmm = power.running(vm, doing);
    }

    Vmm vmm() {
        return vmm;
    }

    /**
     * What changes its devices.
     *
     * @throws MinionsException {@code WRONG_STATE} if nothing can
     */
    HotPlug hotPlug() {
        return vmm.hotPlug().orElseThrow(() -> refusal("changes no disks of a VM that runs"));
    }

    /**
     * What changes its CPUs and its memory.
     *
     * @throws MinionsException {@code WRONG_STATE} if nothing can
     */
    Sizing sizing() {
        return vmm.sizing().orElseThrow(() -> refusal("changes neither CPUs nor memory of a VM that runs"));
    }

    private MinionsException refusal(String fact) {
        return new MinionsException(
                ErrorCode.WRONG_STATE, what + ": it is running, and " + hypervisor + " " + fact + "; stop it first");
    }

    /** What the machine calls the disk that is that file or device; empty if it has none. */
    Optional<DeviceId> device(Path disk) {
        return hotPlug().disks().entrySet().stream()
                .filter(device -> device.getValue().equals(disk.toAbsolutePath()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    @Override
    public void close() {
        vmm.close();
    }
}
