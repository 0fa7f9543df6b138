package dev.minions;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.regex.Pattern;

/** Makes UUIDs of version 7 as RFC 9562 section 5.7 lays them out: 48 bits of milliseconds, then 74 random bits. */
final class Uuids {
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final Pattern FORM =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE);

    private Uuids() {}

    /** Made with the first id: a cold JVM takes 20 to 30 ms for it, and whoever only reads ids needs none. */
    private static final class Randomness {
        private static final SecureRandom SOURCE = new SecureRandom();
    }

    static UUID next() {
        long milliseconds = System.currentTimeMillis();
        long high = (milliseconds << 16) | VERSION_7 | (Randomness.SOURCE.nextInt() & 0xFFF);
        long low = VARIANT | (Randomness.SOURCE.nextLong() >>> 2);
        return new UUID(high, low);
    }

    /** {@link UUID#fromString} takes shortened groups; ours must be the one canonical form, as it becomes a path. */
    static void requireForm(String what, String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    what + " must be a UUID such as 019a1b2c-3d4e-7f60-8a9b-0c1d2e3f4a5b, got '" + Texts.printable(text)
                            + "'");
        }
    }
}
