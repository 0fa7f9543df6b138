/** The command line. */
module dev.minions.cli {
    requires dev.minions.client;
    requires dev.minions.core;
    requires dev.minions.hypervisor.ch;
    requires dev.minions.hypervisor.qemu;
    requires dev.minions.net.linux;
    requires dev.minions.storage.lvm;
    requires info.picocli;
    requires jdk.unsupported;
}
