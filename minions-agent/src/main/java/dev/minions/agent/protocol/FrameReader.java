package dev.minions.agent.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into frames: four bytes of length, most significant first, and that many bytes of payload.
 *
 * <p>A length above {@link #MAX_LENGTH} is refused when its fourth byte was read. Memory is taken as bytes arrive, never
 * on the word of the length alone, and a frame that dribbles in for longer than the patience given is refused too.
 * After a {@link ProtocolException} the reader must not be used again: where the next frame begins is unknown.
 *
 * <p>Threads: one.
 */
public final class FrameReader {
    /** The longest payload, in bytes, that either side sends or takes. */
    public static final int MAX_LENGTH = 1 << 20;

    private static final int HEADER = 4;
    private static final int FIRST_ALLOCATION = 32 * 1024;

    private final InputStream input;
    private final long patienceNanos;
    private final byte[] header = new byte[HEADER];

    /**
     * Reads frames from a stream, which it does not close.
     *
     * @param input where the bytes come from; should be buffered
     * @param patience how long a frame may take from its first byte to its last, looked at whenever bytes arrive
     */
    public FrameReader(InputStream input, Duration patience) {
        this.input = input;
        this.patienceNanos = patience.toNanos();
    }

    /**
     * Waits for the next frame.
     *
     * @return its payload, or null if the stream ended between two frames
     * @throws ProtocolException if the length is not one, the stream ends inside the frame, or it took too long
     * @throws IOException if the stream could not be read
     */
    public byte @Nullable [] next() throws IOException {
        int first = input.read();
        if (first < 0) {
            return null;
        }
        long began = System.nanoTime();
        header[0] = (byte) first;
        fill(header, 1, HEADER, began, HEADER);
        int length = length();
        byte[] payload = new byte[Math.min(length, FIRST_ALLOCATION)];
        int have = 0;
        while (have < length) {
            if (have == payload.length) {
                payload = Arrays.copyOf(payload, (int) Math.min(length, 2L * payload.length));
            }
            fill(payload, have, payload.length, began, length);
            have = payload.length;
        }
        return payload;
    }

    private int length() throws ProtocolException {
        long length = 0;
        for (byte b : header) {
            length = (length << 8) | (b & 0xFF);
        }
        if (length > MAX_LENGTH) {
            throw new ProtocolException("a frame claims " + length + " bytes; " + MAX_LENGTH + " are the most");
        }
        return (int) length;
    }

    private void fill(byte[] target, int from, int to, long began, int length) throws IOException {
        int have = from;
        while (have < to) {
            int n = input.read(target, have, to - have);
            if (n < 0) {
                throw new ProtocolException("the stream ended after " + have + " of " + length + " bytes of a frame"
                        + (length == HEADER ? ", or of its header" : ""));
            }
            have += n;
            long nanos = System.nanoTime() - began;
            if (nanos > patienceNanos && have < length) {
                throw new ProtocolException("a frame of " + length + " bytes was not complete after "
                        + nanos / 1_000_000 + " ms; the limit is " + patienceNanos / 1_000_000 + " ms");
            }
        }
    }
}
