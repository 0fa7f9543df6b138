package dev.minions;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory or storage, in bytes, from 0 to {@link Long#MAX_VALUE}.
 *
 * <p>In text, {@code K M G T} and {@code KiB MiB GiB TiB} are powers of 1024 and {@code KB MB GB TB} are powers of
 * 1000. What a number without a unit means depends on where it stands, so the reader says it: see {@link #parse}.
 *
 * @param bytes how many bytes
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    /** Nothing. */
    public static final ByteSize ZERO = new ByteSize(0);

    private static final Pattern FORM = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)\\s?([A-Za-z]*)");

    /** What a number means. */
    public enum Unit {
        /** One byte. */
        BYTE(1),
        /** 1024 bytes. */
        KIB(1L << 10),
        /** 1024² bytes. */
        MIB(1L << 20),
        /** 1024³ bytes. */
        GIB(1L << 30),
        /** 1024⁴ bytes. */
        TIB(1L << 40),
        /** 1000 bytes. */
        KB(1_000L),
        /** 1000² bytes. */
        MB(1_000_000L),
        /** 1000³ bytes. */
        GB(1_000_000_000L),
        /** 1000⁴ bytes. */
        TB(1_000_000_000_000L);

        private final long factor;

        Unit(long factor) {
            this.factor = factor;
        }
    }

    /** Checks that it is not negative. */
    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size must not be negative, got " + bytes + " bytes");
        }
    }

    /** That many bytes. */
    public static ByteSize bytes(long count) {
        return new ByteSize(count);
    }

    /** That many times 1024² bytes. */
    public static ByteSize mib(long count) {
        return of(count, Unit.MIB);
    }

    /** That many times 1024³ bytes. */
    public static ByteSize gib(long count) {
        return of(count, Unit.GIB);
    }

    /** That many times 1000³ bytes. */
    public static ByteSize gb(long count) {
        return of(count, Unit.GB);
    }

    /**
     * That many units.
     *
     * @throws IllegalArgumentException if it is negative or more than fits in a {@code long}
     */
    public static ByteSize of(long count, Unit unit) {
        Objects.requireNonNull(unit, "unit");
        try {
            return new ByteSize(Math.multiplyExact(count, unit.factor));
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException("size " + count + " " + unit + " is too large", tooLarge);
        }
    }

    /**
     * Reads {@code 512M}, {@code 2G}, {@code 1.5GiB}, {@code 10GB} or a bare number.
     *
     * @param text what was typed
     * @param bare the unit of a bare number; MiB where memory is meant, GB where disks are
     * @throws IllegalArgumentException if it is none of these, not whole in bytes, or too large
     */
    public static ByteSize parse(String text, Unit bare) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw notASize(text);
        }
        Unit unit = matcher.group(2).isEmpty() ? bare : unit(matcher.group(2), text);
        try {
            BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit.factor));
            return new ByteSize(bytes.setScale(0, RoundingMode.HALF_UP).longValueExact());
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException("size '" + Texts.printable(text) + "' is too large", tooLarge);
        }
    }

    private static Unit unit(String suffix, String text) {
        return switch (suffix.toUpperCase(Locale.ROOT)) {
            case "B" -> Unit.BYTE;
            case "K", "KIB" -> Unit.KIB;
            case "M", "MIB" -> Unit.MIB;
            case "G", "GIB" -> Unit.GIB;
            case "T", "TIB" -> Unit.TIB;
            case "KB" -> Unit.KB;
            case "MB" -> Unit.MB;
            case "GB" -> Unit.GB;
            case "TB" -> Unit.TB;
            default -> throw notASize(text);
        };
    }

    private static IllegalArgumentException notASize(String text) {
        return new IllegalArgumentException(
                "'" + Texts.printable(text) + "' is not a size; write for example 512M, 2G, 1.5GiB or 10GB");
    }

    /** The whole mebibytes in it, rounded down. */
    public long toMib() {
        return bytes / Unit.MIB.factor;
    }

    /** The sum; {@link Long#MAX_VALUE} bytes where it would be more. */
    public ByteSize plus(ByteSize other) {
        long sum = bytes + other.bytes;
        return new ByteSize(sum < 0 ? Long.MAX_VALUE : sum);
    }

    /** The difference, or nothing where the other is larger. */
    public ByteSize minus(ByteSize other) {
        return new ByteSize(Math.max(0, bytes - other.bytes));
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The size for people: the largest binary unit it reaches, with one decimal where it is not whole. */
    @Override
    public String toString() {
        for (Unit unit : new Unit[] {Unit.TIB, Unit.GIB, Unit.MIB, Unit.KIB}) {
            if (bytes >= unit.factor) {
                String name = unit.name().charAt(0) + "iB";
                return bytes % unit.factor == 0
                        ? bytes / unit.factor + " " + name
                        : String.format(Locale.ROOT, "%.1f %s", (double) bytes / unit.factor, name);
            }
        }
        return bytes + " bytes";
    }
}
