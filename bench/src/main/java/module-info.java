/** Programs that measure Minions beside what does the same without it. Not published. */
module dev.minions.bench {
    requires dev.minions.agent;
    requires dev.minions.core;
    requires dev.minions.hypervisor.qemu;
    requires dev.minions.net.linux;
    requires dev.minions.testkit;
    requires java.management;
    requires java.sql;
}
