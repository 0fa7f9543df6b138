package dev.minions.client.json;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Collects the fields of a shape, in order, and turns the API's values into JSON's. */
final class Fields {
    private static final double MILLIS = 1000.0;

    private final Map<String, @Nullable Object> all = new LinkedHashMap<>();

    Fields add(String key, @Nullable Object value) {
        all.put(key, value);
        return this;
    }

    Map<String, @Nullable Object> map() {
        return Collections.unmodifiableMap(all);
    }

    /** {@code POWER_BUTTON} as {@code power-button}. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / MILLIS;
    }

    static @Nullable String text(Optional<?> value) {
        return value.map(Object::toString).orElse(null);
    }

    static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }

    static @Nullable Long number(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    /** JSON has no word for what is not a number, and an old agent may send one. */
    static @Nullable Double number(OptionalDouble value) {
        return value.isPresent() && Double.isFinite(value.getAsDouble()) ? value.getAsDouble() : null;
    }
}
