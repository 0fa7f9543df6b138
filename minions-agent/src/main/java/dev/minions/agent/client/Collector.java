package dev.minions.agent.client;

import java.io.ByteArrayOutputStream;

/** Keeps the beginning of what a command writes, and whether there was more. Threads: one. */
final class Collector {
    private static final int CHUNK = 32 * 1024;

    private final int keep;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final byte[] chunk = new byte[CHUNK];
    private boolean truncated;

    Collector(int keep) {
        this.keep = keep;
    }

    /** Where to put what comes next. */
    byte[] chunk() {
        return chunk;
    }

    void add(byte[] data, int length) {
        int count = Math.min(length, keep - kept.size());
        kept.write(data, 0, count);
        truncated |= count < length;
    }

    byte[] bytes() {
        return kept.toByteArray();
    }

    boolean truncated() {
        return truncated;
    }
}
