package dev.minions;

/**
 * A VM that lives as long as this handle and the process that holds it: {@link #close} destroys it, and if the process
 * dies the host ends the VM within moments and what is left of it is removed by the next engine that changes anything.
 */
public interface EphemeralVm extends Vm, AutoCloseable {
    /** Destroys the VM. May be called again. */
    @Override
    void close();
}
