package dev.minions.core.image;

import java.util.Arrays;

/** Tells blocks that hold only zeros, which a file need not store and a digest need not read twice. */
final class ZeroBlocks {
    private static final byte[] ZEROS = new byte[64 * 1024];

    private ZeroBlocks() {}

    static boolean allZero(byte[] bytes, int from, int to) {
        for (int start = from; start < to; start += ZEROS.length) {
            int end = Math.min(to, start + ZEROS.length);
            if (!Arrays.equals(bytes, start, end, ZEROS, 0, end - start)) {
                return false;
            }
        }
        return true;
    }
}
