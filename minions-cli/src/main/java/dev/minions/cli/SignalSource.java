package dev.minions.cli;

import java.util.function.IntConsumer;

/** Where signals come from. */
interface SignalSource {
    /** From now on hang-up, interrupt and terminate go to the handler, by number, and no longer end the JVM. */
    void listen(IntConsumer handler);
}
