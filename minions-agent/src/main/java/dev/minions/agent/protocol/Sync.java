package dev.minions.agent.protocol;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The mark with which each side begins on a stream that knows no connections, such as a serial port: eight bytes that no
 * frame contains, a letter for its kind and a nonce, so that whoever comes anew is never taken for a predecessor that
 * died in the middle of a frame.
 *
 * <p>The delimiter begins with a byte that is in no UTF-8 text, hence in no JSON; binary frames that would contain it
 * are cut (see {@link StreamData#encode}); and at the beginning of a frame that byte is a length above the limit.
 *
 * @param kind who says it, and why
 * @param nonce sixteen hexadecimal digits
 */
public record Sync(Kind kind, String nonce) {
    static final int DELIMITER_LENGTH = 8;
    static final int NONCE_LENGTH = 16;
    static final int LENGTH = DELIMITER_LENGTH + 1 + NONCE_LENGTH;

    /** 0xFF and seven letters; the first byte is not among the others, which keeps the search simple. */
    private static final byte[] DELIMITER = {(byte) 0xFF, 'm', 'i', 'n', 's', 'y', 'n', 'c'};

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    /** Who says it, and why. */
    public enum Kind {
        /** The host begins anew; what was before is over. */
        HOST('H'),
        /** The agent answers, with the host's nonce: what follows is for this host. */
        ANSWER('A'),
        /** The agent begins anew, or sees that somebody attached, and asks for a {@link #HOST}. */
        GREETING('G');

        private static final Kind[] ALL = values();

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }

        static @Nullable Kind of(char letter) {
            for (Kind kind : ALL) {
                if (kind.letter == letter) {
                    return kind;
                }
            }
            return null;
        }
    }

    /** A mark with a nonce nobody else has. */
    public static Sync fresh(Kind kind, SecureRandom random) {
        byte[] bytes = new byte[NONCE_LENGTH / 2];
        random.nextBytes(bytes);
        return fresh(kind, bytes);
    }

    /**
     * A mark with a nonce from elsewhere, for where a secure source of randomness would cost too much to start.
     *
     * @param kind who says it
     * @param eight eight bytes nobody else has
     */
    public static Sync fresh(Kind kind, byte[] eight) {
        char[] nonce = new char[NONCE_LENGTH];
        for (int i = 0; i < NONCE_LENGTH / 2; i++) {
            nonce[2 * i] = HEX[(eight[i] >> 4) & 0xF];
            nonce[2 * i + 1] = HEX[eight[i] & 0xF];
        }
        return new Sync(kind, new String(nonce));
    }

    /** The bytes that go onto the stream. */
    public byte[] encode() {
        byte[] bytes = new byte[LENGTH];
        System.arraycopy(DELIMITER, 0, bytes, 0, DELIMITER_LENGTH);
        bytes[DELIMITER_LENGTH] = (byte) kind.letter;
        byte[] digits = nonce.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, bytes, DELIMITER_LENGTH + 1, NONCE_LENGTH);
        return bytes;
    }

    static int indexOfDelimiter(byte[] bytes, int length) {
        for (int i = 0; i <= length - DELIMITER_LENGTH; i++) {
            if (bytes[i] == DELIMITER[0] && isDelimiterAt(bytes, i)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isDelimiterAt(byte[] bytes, int at) {
        for (int i = 1; i < DELIMITER_LENGTH; i++) {
            if (bytes[at + i] != DELIMITER[i]) {
                return false;
            }
        }
        return true;
    }

    static byte delimiterByte(int index) {
        return DELIMITER[index];
    }
}
