/** Cloud Hypervisor as a hypervisor. */
module dev.minions.hypervisor.ch {
    requires transitive dev.minions.api;
    requires org.newsclub.net.unix;
    requires tools.jackson.databind;

    exports dev.minions.hypervisor.ch;

    provides dev.minions.spi.BackendProvider with
            dev.minions.hypervisor.ch.CloudHypervisorProvider;
}
