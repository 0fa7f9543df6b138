package dev.minions.agent.protocol;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream that knows no connections, and ends wherever a {@link Sync} stands in it: {@link #read} then answers
 * end of stream, as if a connection were over, and {@link #sync} says what was found.
 *
 * <p>The first bytes of a mark may already have been delivered as data, for no byte is held back until the next one
 * comes. They can only have gone into a frame whose sender is gone: see {@link Sync}.
 *
 * <p>Threads: one.
 */
public final class SyncInput extends InputStream {
    private static final int BUFFER = 16 * 1024;

    private final InputStream input;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;

    /** How many bytes of a mark have been seen in a row. */
    private int matched;

    private Sync.@Nullable Kind kind;
    private final char[] nonce = new char[Sync.NONCE_LENGTH];
    private @Nullable Sync found;

    /** Reads from a stream, which is not closed by this one. */
    public SyncInput(InputStream input) {
        this.input = input;
    }

    /**
     * What ended the data, if a mark did; null at the true end of the stream. Data is read again after
     * {@link #proceed}.
     */
    public @Nullable Sync sync() {
        return found;
    }

    /** Takes the mark as seen: what follows it can be read. */
    public void proceed() {
        found = null;
    }

    /**
     * Throws away everything up to the next mark.
     *
     * @return the mark, which is then taken as seen, or null if the stream ended
     * @throws IOException if the stream could not be read
     */
    public @Nullable Sync await() throws IOException {
        while (found == null) {
            if (position == limit && !fill()) {
                return null;
            }
            scan(limit - position);
        }
        Sync sync = found;
        found = null;
        return sync;
    }

    /**
     * Reads one byte. With it a frame begins, and none begins as a mark does; so if a mark seems to begin, waits for the
     * rest of it and then is at the end.
     */
    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        if (read(one, 0, 1) < 0) {
            return -1;
        }
        while (matched > 0 && one[0] == Sync.delimiterByte(0)) {
            if (position == limit && !fill()) {
                return -1;
            }
            scan(1);
        }
        return found == null ? one[0] & 0xFF : -1;
    }

    /** Reads what is there. The end of the stream, here, is also where a mark stands: see {@link #sync}. */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (found != null || (position == limit && !fill())) {
            return -1;
        }
        int begin = position;
        int scanned = scan(Math.min(length, limit - position));
        int data = found == null ? scanned : scanned - Sync.LENGTH;
        if (data <= 0) {
            return -1; // nothing but the mark, or its end
        }
        System.arraycopy(buffer, begin, target, offset, data);
        return data;
    }

    private boolean fill() throws IOException {
        int n = input.read(buffer);
        position = 0;
        limit = Math.max(n, 0);
        return n > 0;
    }

    /** Looks at up to {@code count} bytes of the buffer, stopping behind a mark; answers how many it looked at. */
    private int scan(int count) {
        int begin = position;
        int end = position + count;
        while (position < end && found == null) {
            byte b = buffer[position++];
            if (matched != 0 || b == Sync.delimiterByte(0)) {
                match(b);
            }
        }
        return position - begin;
    }

    private void match(byte b) {
        if (b == Sync.delimiterByte(0)) {
            matched = 1; // wherever we were: this byte stands nowhere else in a mark
        } else if (matched < Sync.DELIMITER_LENGTH) {
            matched = b == Sync.delimiterByte(matched) ? matched + 1 : 0;
        } else if (matched == Sync.DELIMITER_LENGTH) {
            kind = Sync.Kind.of((char) b);
            matched = kind == null ? 0 : matched + 1;
        } else {
            matchNonce((char) b);
        }
    }

    private void matchNonce(char c) {
        int index = matched - Sync.DELIMITER_LENGTH - 1;
        if (Character.digit(c, 16) < 0 || (c >= 'A' && c <= 'F')) {
            matched = 0;
            return;
        }
        nonce[index] = c;
        matched++;
        if (index + 1 == Sync.NONCE_LENGTH && kind != null) {
            found = new Sync(kind, new String(nonce));
            matched = 0;
        }
    }
}
