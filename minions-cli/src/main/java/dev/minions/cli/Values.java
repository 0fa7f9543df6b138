package dev.minions.cli;

import dev.minions.ByteSize;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the values that are typed on a command line or stand in a variable or a file. */
final class Values {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)\\s?(ms|s|m|h|d)?");
    private static final double SECOND = 1000;
    private static final double MINUTE = 60 * SECOND;
    private static final double HOUR = 60 * MINUTE;
    private static final double DAY = 24 * HOUR;

    private Values() {}

    /** A number of seconds, or a number with a unit; more than nothing. */
    static Duration duration(String option, String text) {
        Matcher matcher = DURATION.matcher(text.strip());
        if (!matcher.matches()) {
            throw new UsageException(
                    option + " '" + Text.clean(text) + "' is not a time; write for example 500ms, 90s, 5m or 1h");
        }
        double number = Double.parseDouble(matcher.group(1));
        String unit = matcher.group(2);
        long millis = Math.round(number * milliseconds(unit == null ? "s" : unit));
        if (millis == 0) {
            throw new UsageException(option + " must be 1ms or more, got '" + Text.clean(text) + "'");
        }
        return Duration.ofMillis(millis);
    }

    private static double milliseconds(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "m" -> MINUTE;
            case "h" -> HOUR;
            case "d" -> DAY;
            default -> SECOND;
        };
    }

    static int whole(String option, String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new UsageException(option + " must be a whole number, got '" + Text.clean(text) + "'");
        }
    }

    static ByteSize size(String option, String text, ByteSize.Unit bare) {
        try {
            return ByteSize.parse(text, bare);
        } catch (IllegalArgumentException e) {
            throw new UsageException(option + " " + e.getMessage());
        }
    }

    static boolean yes(String where, String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "1" -> true;
            case "false", "no", "0", "" -> false;
            default -> throw new UsageException(where + " must be true or false, got '" + Text.clean(text) + "'");
        };
    }

    /** {@code KEY=VALUE}. */
    static Map.Entry<String, String> pair(String option, String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new UsageException(option + " '" + Text.clean(text) + "' must read KEY=VALUE");
        }
        return Map.entry(text.substring(0, equals), text.substring(equals + 1));
    }

    /** A duration for people: {@code 340 ms}, {@code 2.1 s}, {@code 3 min 5 s}, {@code 2 h 10 min}, {@code 3 d 4 h}. */
    static String show(Duration duration) {
        if (duration.toMillis() < SECOND) {
            return duration.toMillis() + " ms";
        }
        if (duration.toMillis() < MINUTE) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / SECOND);
        }
        if (duration.toHours() == 0) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        if (duration.toDays() == 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toDays() + " d " + duration.toHoursPart() + " h";
    }
}
