/** A Linux bridge with nftables as a network. */
module dev.minions.net.linux {
    requires transitive dev.minions.api;

    exports dev.minions.net.linux;

    provides dev.minions.spi.BackendProvider with
            dev.minions.net.linux.LinuxBridgeProvider;
}
