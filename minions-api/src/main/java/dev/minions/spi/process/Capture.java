package dev.minions.spi.process;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A bounded part of a stream, from one thread, readable by any other at any time. */
final class Capture {
    /** Which part is kept when there is more than fits. */
    enum Keep {
        BEGINNING,
        END
    }

    private final int limit;
    private final Keep keep;
    private byte[] bytes = new byte[0];
    private int size;

    Capture(int limit, Keep keep) {
        this.limit = limit;
        this.keep = keep;
    }

    synchronized void add(byte[] more, int count) {
        if (keep == Keep.BEGINNING) {
            append(more, 0, Math.min(count, limit - size));
            return;
        }
        if (size + count > 2 * limit) { // dropping in large pieces keeps the copying linear
            int kept = Math.min(size, limit);
            System.arraycopy(bytes, size - kept, bytes, 0, kept);
            size = kept;
        }
        int from = Math.max(0, count - limit);
        append(more, from, count - from);
    }

    synchronized String text() {
        int from = keep == Keep.END ? Math.max(0, size - limit) : 0;
        return new String(bytes, from, size - from, StandardCharsets.UTF_8);
    }

    private void append(byte[] more, int from, int count) {
        if (size + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + count, 2 * bytes.length));
        }
        System.arraycopy(more, from, bytes, size, count);
        size += count;
    }
}
