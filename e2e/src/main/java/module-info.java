/** The host lab, and the suites that run in it. */
module dev.minions.e2e {
    requires dev.minions.agent;
    requires dev.minions.core;
    requires dev.minions.hypervisor.qemu;
    requires dev.minions.net.linux;
    requires dev.minions.storage.lvm;
    requires dev.minions.testkit;
    requires org.junit.platform.launcher;

    uses dev.minions.spi.BackendProvider;
}
