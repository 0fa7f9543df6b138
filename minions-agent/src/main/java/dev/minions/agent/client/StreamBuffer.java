package dev.minions.agent.client;

import java.util.Arrays;

/**
 * What has come of one output and was not read yet: a ring that grows up to the window. Guarded by its process's lock.
 */
final class StreamBuffer {
    private static final int FIRST = 8 * 1024;

    private final int window;
    private byte[] ring = new byte[0];
    private int head;
    private int size;
    private int consumed;
    private boolean ended;

    StreamBuffer(int window) {
        this.window = window;
    }

    /** Takes data; false if it is more than was granted. */
    boolean add(byte[] data, int offset, int length) {
        if (length > window - size - consumed || ended) {
            return false;
        }
        if (size + length > ring.length) {
            grow(size + length);
        }
        int tail = (head + size) % Math.max(ring.length, 1);
        int first = Math.min(length, ring.length - tail);
        System.arraycopy(data, offset, ring, tail, first);
        System.arraycopy(data, offset + first, ring, 0, length - first);
        size += length;
        return true;
    }

    private void grow(int needed) {
        int length = Math.max(ring.length, FIRST);
        while (length < needed) {
            length *= 2;
        }
        byte[] larger = new byte[Math.min(length, window)];
        int first = Math.min(size, ring.length - head);
        System.arraycopy(ring, head, larger, 0, first);
        System.arraycopy(ring, 0, larger, first, size - first);
        ring = larger;
        head = 0;
    }

    /** Moves up to {@code length} bytes out; -1 at the end of the stream, 0 if there is nothing yet. */
    int take(byte[] target, int offset, int length) {
        if (size == 0) {
            return ended ? -1 : 0;
        }
        int count = Math.min(length, size);
        int first = Math.min(count, ring.length - head);
        System.arraycopy(ring, head, target, offset, first);
        System.arraycopy(ring, 0, target, offset + first, count - first);
        head = (head + count) % ring.length;
        size -= count;
        consumed += count;
        return count;
    }

    /** What to grant anew: 0 until half of the window was read, so that grants are few. */
    int takeGrant() {
        if (consumed < window / 2 || ended) {
            return 0;
        }
        int grant = consumed;
        consumed = 0;
        return grant;
    }

    int available() {
        return size;
    }

    void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    /** Drops what is there; the memory too. */
    void clear() {
        size = 0;
        head = 0;
        ring = Arrays.copyOf(ring, 0);
    }
}
