/** Disks in a thin pool of LVM. */
module dev.minions.storage.lvm {
    requires transitive dev.minions.api;

    exports dev.minions.storage.lvm;

    provides dev.minions.spi.BackendProvider with
            dev.minions.storage.lvm.LvmThinProvider;
}
