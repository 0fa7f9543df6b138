package dev.minions;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much data may pass in a second.
 *
 * @param bitsPerSecond {@link #MIN} to {@link #MAX}, in whole kilobits
 */
public record DataRate(long bitsPerSecond) {
    /** The least that is still of use to a guest: 64 kbit/s, in bits per second. */
    public static final long MIN = 64_000;
    /** The most: 100 Gbit/s, in bits per second. */
    public static final long MAX = 100_000_000_000L;

    private static final long KILO = 1000;
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*([kmg])bit(?:/s)?");

    /** Checks the range. */
    public DataRate {
        if (bitsPerSecond < MIN || bitsPerSecond > MAX || bitsPerSecond % KILO != 0) {
            throw new IllegalArgumentException(
                    "a rate must be whole kilobits, 64kbit to 100gbit, got " + bitsPerSecond + " bit/s");
        }
    }

    /** That many million bits per second. */
    public static DataRate mbit(long millions) {
        return new DataRate(Math.multiplyExact(millions, KILO * KILO));
    }

    /**
     * Reads {@code 500kbit}, {@code 100mbit} or {@code 1gbit}, in large letters or small: thousands, millions and
     * thousands of millions of bits per second.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public static DataRate parse(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + Texts.printable(text)
                    + "' is no rate; write a number and kbit, mbit or gbit, for example 100mbit");
        }
        long unit = switch (matcher.group(2)) {
            case "k" -> KILO;
            case "m" -> KILO * KILO;
            default -> KILO * KILO * KILO;
        };
        return new DataRate(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
    }

    /** The whole bytes of it, per second. */
    public long bytesPerSecond() {
        return bitsPerSecond / Byte.SIZE;
    }

    /** The shortest form that {@link #parse} reads. */
    @Override
    public String toString() {
        long kbit = bitsPerSecond / KILO;
        if (kbit % (KILO * KILO) == 0) {
            return kbit / (KILO * KILO) + "gbit";
        }
        return kbit % KILO == 0 ? kbit / KILO + "mbit" : kbit + "kbit";
    }
}
