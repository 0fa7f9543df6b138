package dev.minions.core;

import dev.minions.EphemeralVm;
import dev.minions.VmId;
import dev.minions.core.engine.Engine;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;

/** A VM that its handle destroys. */
final class LocalEphemeralVm extends LocalVm implements EphemeralVm {
    LocalEphemeralVm(Engine engine, VmId id) {
        super(engine, id);
    }

    @Override
    public void close() {
        try {
            destroy();
        } catch (MinionsException e) {
            if (e.code() != ErrorCode.VM_NOT_FOUND) {
                throw e;
            }
        }
    }
}
