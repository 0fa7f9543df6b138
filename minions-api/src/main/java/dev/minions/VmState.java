package dev.minions;

import java.util.Locale;

/**
 * Where a VM is in its life.
 *
 * <pre>{@code
 * CREATING ─> STOPPED ⇄ STARTING ─> RUNNING ⇄ PAUSED
 *               ↑           │          │ ↕
 *               ├─ STOPPING ┴──────────┘ SUSPENDED
 *               └─ FAILED            any ─> DESTROYING
 * }</pre>
 *
 * <p>It may grow, so keep a default in a {@code switch}.
 */
public enum VmState {
    /** Its parts are being made; it has never been started. */
    CREATING,
    /** It exists and has no process. */
    STOPPED,
    /** It has a process, and its agent has not answered yet. */
    STARTING,
    /** Its agent has answered. */
    RUNNING,
    /** Its virtual CPUs stand still. */
    PAUSED,
    /** Its memory lies on disk and it has no process. */
    SUSPENDED,
    /** It is being stopped. */
    STOPPING,
    /** Its process ended in a way nobody asked for; {@link VmInfo#failure} says how. It can be started again. */
    FAILED,
    /** It is being removed with all that was made for it. */
    DESTROYING;

    /** The word for it, as people and JSON write it: {@code running}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the VM has a process, as far as is known. */
    public boolean hasProcess() {
        return this == STARTING || this == RUNNING || this == PAUSED || this == STOPPING;
    }
}
