package dev.minions.core.image;

import java.io.IOException;

/** Undoes LZ4's block format, in which Debian's kernels are packed. */
final class Lz4Blocks {
    private static final int SHORTEST_MATCH = 4;
    private static final int LONG_LENGTH = 15;

    private final byte[] in;
    private final byte[] out;
    private int read;
    private int written;

    private Lz4Blocks(byte[] in, int from, byte[] out) {
        this.in = in;
        this.read = from;
        this.out = out;
    }

    /**
     * Unpacks one block.
     *
     * @param in holds the block from {@code from} to {@code to}
     * @param out takes what was packed
     * @return how much that is
     * @throws IOException if the block is damaged or holds more than fits
     */
    static int unpack(byte[] in, int from, int to, byte[] out) throws IOException {
        try {
            return new Lz4Blocks(in, from, out).unpack(to);
        } catch (IndexOutOfBoundsException e) {
            throw new IOException("damaged LZ4 block", e);
        }
    }

    private int unpack(int end) throws IOException {
        while (read < end) {
            int token = next();
            int literals = length(token >>> 4);
            System.arraycopy(in, read, out, written, literals);
            read += literals;
            written += literals;
            if (read >= end) {
                break; // the last sequence has no match
            }
            int distance = next() | next() << 8;
            copy(distance, length(token & LONG_LENGTH) + SHORTEST_MATCH);
        }
        if (read != end) {
            throw new IOException("damaged LZ4 block: it ends " + (read - end) + " bytes too late");
        }
        return written;
    }

    private int length(int nibble) throws IOException {
        int length = nibble;
        if (nibble == LONG_LENGTH) {
            int more;
            do {
                more = next();
                length += more;
                if (length > out.length) {
                    throw new IOException("damaged LZ4 block: a length of more than " + out.length);
                }
            } while (more == 0xFF);
        }
        return length;
    }

    private void copy(int distance, int length) throws IOException {
        int from = written - distance;
        if (distance == 0 || from < 0) {
            throw new IOException("damaged LZ4 block: a match " + distance + " bytes before byte " + written);
        }
        if (distance >= length) {
            System.arraycopy(out, from, out, written, length);
        } else {
            for (int i = 0; i < length; i++) { // what is copied may overlap what is written: that repeats it
                out[written + i] = out[from + i];
            }
        }
        written += length;
    }

    private int next() {
        return in[read++] & 0xFF;
    }
}
