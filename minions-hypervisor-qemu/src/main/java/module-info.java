import dev.minions.hypervisor.qemu.QemuProvider;
import dev.minions.spi.BackendProvider;

/** QEMU as a hypervisor, with its user-mode network. */
module dev.minions.hypervisor.qemu {
    requires transitive dev.minions.api;
    requires tools.jackson.databind;

    exports dev.minions.hypervisor.qemu;

    provides BackendProvider with
            QemuProvider;
}
