package dev.minions.spi;

/** What lies in a disk file or device. Always said, never guessed: a guest could write another format's header. */
public enum DiskFormat {
    /** The disk, byte for byte. */
    RAW,
    /** QEMU's copy-on-write format, version 3. */
    QCOW2
}
