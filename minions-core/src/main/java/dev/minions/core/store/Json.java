package dev.minions.core.store;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON columns as plain maps, lists, strings, longs and booleans. The streaming half of Jackson alone: data binding
 * would double the time that a short command takes to start.
 */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    static String write(Object value) {
        var text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            write(generator, value);
        }
        return text.toString();
    }

    private static void write(JsonGenerator generator, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            generator.writeStartObject();
            map.forEach((name, inner) -> {
                generator.writeName(String.valueOf(name));
                write(generator, inner);
            });
            generator.writeEndObject();
        } else if (value instanceof List<?> list) {
            generator.writeStartArray();
            list.forEach(inner -> write(generator, inner));
            generator.writeEndArray();
        } else if (value instanceof Number number) {
            generator.writeNumber(number.longValue());
        } else if (value instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else {
            generator.writeString(String.valueOf(value));
        }
    }

    /** The object that the text holds. */
    static Fields fields(String text) {
        return new Fields(object(read(text)));
    }

    /** The strings of the array that the text holds. */
    static List<String> texts(String text) {
        return ((List<?>) read(text)).stream().map(String.class::cast).toList();
    }

    /** The objects of the array that the text holds. */
    static List<Fields> array(String text) {
        return ((List<?>) read(text))
                .stream().map(item -> new Fields(object(item))).toList();
    }

    /** The values of the array that the text holds, to be read in their order. */
    static Items items(String text) {
        return new Items(((List<?>) read(text)).iterator());
    }

    private static Object read(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            return value(parser, parser.nextToken());
        }
    }

    @SuppressWarnings("NullAway") // only an array of columns holds null, and Items says so
    private static Object value(JsonParser parser, @Nullable JsonToken token) {
        if (token == null) {
            throw new IllegalStateException("a JSON column ends too early");
        }
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> list(parser);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IllegalStateException("a JSON column holds " + token);
        };
    }

    private static Map<String, Object> object(JsonParser parser) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            object.put(name, value(parser, parser.nextToken()));
        }
        return object;
    }

    private static List<Object> list(JsonParser parser) {
        List<Object> list = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            list.add(value(parser, token));
        }
        return list;
    }

    private static Map<?, ?> object(Object value) {
        return (Map<?, ?>) value;
    }

    /** The values of a JSON array, one after the other, read by the types they must have. */
    record Items(Iterator<?> values) {
        @Nullable
        String textOrNull() {
            return (String) values.next();
        }

        String text() {
            return Objects.requireNonNull(textOrNull(), "a column that must have a value");
        }

        @Nullable
        Long numberOrNull() {
            return (Long) values.next();
        }

        long number() {
            return Objects.requireNonNull(numberOrNull(), "a column that must have a value");
        }

        Fields fields() {
            return new Fields(object(values.next()));
        }
    }

    /** A JSON object, read by the types its values must have. */
    record Fields(Map<?, ?> values) {
        @Nullable
        String optionalText(String name) {
            return (String) values.get(name);
        }

        String text(String name) {
            String text = optionalText(name);
            if (text == null) {
                throw new IllegalStateException("a JSON column has no '" + name + "'");
            }
            return text;
        }

        long number(String name) {
            if (values.get(name) instanceof Long number) {
                return number;
            }
            throw new IllegalStateException("a JSON column has no number '" + name + "'");
        }

        Optional<Long> optionalNumber(String name) {
            return Optional.ofNullable((Long) values.get(name));
        }

        List<String> texts(String name) {
            return values.get(name) instanceof List<?> list
                    ? list.stream().map(String.class::cast).toList()
                    : List.of();
        }

        List<Fields> objects(String name) {
            return values.get(name) instanceof List<?> list
                    ? list.stream().map(item -> new Fields(object(item))).toList()
                    : List.of();
        }

        Map<String, String> textMap(String name) {
            return values.get(name) instanceof Map<?, ?> found ? new Fields(found).textMap() : Map.of();
        }

        /** The object itself, where all its values are strings. */
        Map<String, String> textMap() {
            Map<String, String> map = new LinkedHashMap<>();
            values.forEach((key, value) -> map.put((String) key, (String) value));
            return map;
        }
    }
}
