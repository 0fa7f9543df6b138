/** QEMU as a hypervisor, with its user-mode network. */
module dev.minions.hypervisor.qemu {
    requires transitive dev.minions.api;
    requires tools.jackson.databind;

    exports dev.minions.hypervisor.qemu;
}
