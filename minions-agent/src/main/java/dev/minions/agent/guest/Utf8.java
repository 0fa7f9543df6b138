package dev.minions.agent.guest;

import dev.minions.agent.protocol.FieldWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Makes any bytes text that fits: valid UTF-8 whose JSON form has no more than so many bytes. */
final class Utf8 {
    private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

    private final byte[] bytes;
    private final int length;
    private int position;

    private Utf8(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    /**
     * A text.
     *
     * @param utf8 its bytes, valid UTF-8
     * @param consumed how many of the bytes it was made from are in it
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on at once, never compared
    record Text(byte[] utf8, int consumed) {}

    /** As much of the beginning of {@code bytes} as fits; what is not UTF-8 is replaced. */
    static Text fit(byte[] bytes, int length, long escapedBudget) {
        return new Utf8(bytes, length).fit(escapedBudget);
    }

    /** How long the JSON form of all of it is. */
    static long escapedLength(byte[] bytes, int length) {
        Utf8 text = new Utf8(bytes, length);
        long total = 0;
        while (text.position < length) {
            int size = text.sequence();
            total += text.cost(size);
            text.position += Math.max(size, 1);
        }
        return total;
    }

    private Text fit(long escapedBudget) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(length, 64 * 1024));
        long left = escapedBudget;
        while (position < length) {
            int size = sequence();
            left -= cost(size);
            if (left < 0) {
                break;
            }
            if (size == 0) {
                out.write(REPLACEMENT, 0, REPLACEMENT.length);
            } else {
                out.write(bytes, position, size);
            }
            position += Math.max(size, 1);
        }
        return new Text(out.toByteArray(), position);
    }

    private int cost(int size) {
        return size == 1
                ? FieldWriter.escapedLength(bytes[position])
                : Math.max(size, size == 0 ? REPLACEMENT.length : 0);
    }

    /** How many bytes the character at the position has; 0 if there is none. */
    private int sequence() {
        int first = bytes[position] & 0xFF;
        if (first < 0x80) {
            return 1;
        }
        int size = first >= 0xC2 && first < 0xE0
                ? 2
                : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0;
        if (size == 0 || position + size > length) {
            return 0;
        }
        int second = bytes[position + 1] & 0xFF;
        int low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < low || second > high) {
            return 0;
        }
        for (int i = 2; i < size; i++) {
            if ((bytes[position + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
