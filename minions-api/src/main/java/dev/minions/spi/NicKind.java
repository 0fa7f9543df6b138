package dev.minions.spi;

/** How a VM's network card reaches a network; hypervisor and network must have one in common. */
public enum NicKind {
    /** There is no card. */
    NONE,
    /** Ethernet frames over a Unix socket to a program in user space, or the hypervisor's own such program. */
    USER,
    /** A TAP device of the host's kernel. */
    TAP
}
