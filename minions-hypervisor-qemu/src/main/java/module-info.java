/** QEMU as a hypervisor, with its user-mode network. */
module dev.minions.hypervisor.qemu {
    requires transitive dev.minions.api;
    requires org.newsclub.net.unix;
    requires org.slf4j;
    requires tools.jackson.databind;
}
