/** QEMU as a hypervisor, with its user-mode network. */
module dev.minions.hypervisor.qemu {
    requires transitive dev.minions.api;
    requires tools.jackson.databind;

    exports dev.minions.hypervisor.qemu;

    provides dev.minions.spi.BackendProvider with
            dev.minions.hypervisor.qemu.QemuProvider,
            dev.minions.hypervisor.qemu.UserNetworkProvider;
}
