package dev.minions.testkit.fake;

/**
 * What a thread of a fake process meets once that process has been killed, from every call of a fake: the thread has
 * nothing more to say to the host. No {@link RuntimeException}, as what handles failures must not take it for one.
 */
public final class ProcessKilled extends Error {
    private static final long serialVersionUID = 1L;

    ProcessKilled(String process) {
        super(process + " was killed");
    }
}
