package dev.minions.storage.lvm;

import dev.minions.error.MinionsException;
import dev.minions.spi.process.ProcessIdentity;
import java.util.List;

/** The process that makes something, in the form of a tag of LVM, which has no spaces. */
record Maker(ProcessIdentity process) {
    private static final int PARTS = 4;

    static Maker thisProcess() {
        return new Maker(ProcessIdentity.ofThisProcess());
    }

    static Maker parse(String text) {
        List<String> parts = List.of(text.split("/", -1));
        if (parts.size() != PARTS) {
            throw new IllegalArgumentException("not a maker: '" + text + "'");
        }
        return new Maker(new ProcessIdentity(
                parts.get(0),
                Long.parseLong(parts.get(1)),
                Long.parseLong(parts.get(2)),
                Long.parseLong(parts.get(3))));
    }

    /** Whether it has certainly ended. One of another container cannot be seen from here and may live. */
    boolean isDead() {
        try {
            return !process.isAlive();
        } catch (MinionsException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return process.bootId() + "/" + process.pidNamespace() + "/" + process.pid() + "/" + process.startTicks();
    }
}
