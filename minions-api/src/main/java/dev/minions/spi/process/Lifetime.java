package dev.minions.spi.process;

/** When a process ends that nobody ends. */
public enum Lifetime {
    /** By itself: it outlives the JVM that started it. */
    DURABLE,
    /** Within milliseconds after the JVM that started it, however that ended; also if its launcher is killed. */
    EPHEMERAL
}
