package dev.minions.hypervisor.ch;

import dev.minions.VmId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whose turn it is to ask a VMM something. It serves one request after the other anyway; waiting here instead of there
 * keeps its few connections free, and a deadline holds.
 */
final class Turns {
    private final ConcurrentHashMap<VmId, ReentrantLock> locks = new ConcurrentHashMap<>();

    ReentrantLock of(VmId vm) {
        return locks.computeIfAbsent(vm, id -> new ReentrantLock(true));
    }

    void forget(VmId vm) {
        locks.remove(vm);
    }
}
