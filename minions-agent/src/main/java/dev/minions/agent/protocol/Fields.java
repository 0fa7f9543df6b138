package dev.minions.agent.protocol;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * The fields of one JSON object, read as what is asked for: text, numbers, lists and tables of text. What else is in it
 * is left out, since either side may be newer than the other.
 */
public final class Fields {
    /** A list or a table that holds more than texts: nothing asks for one, and none is read as if it held less. */
    private static final Object NOT_TEXTS = new Object();

    /** A whole number that no {@code long} holds: nothing asks for one, and none is read as if it were another. */
    private static final Object TOO_LARGE = new Object();

    private final Map<String, Object> values;

    private Fields(Map<String, Object> values) {
        this.values = values;
    }

    /**
     * Reads a frame's payload.
     *
     * @throws ProtocolException if it is no JSON object in UTF-8, or a field stands in it twice
     */
    public static Fields parse(byte[] payload) throws ProtocolException {
        try (JsonParser json = Json.FACTORY.createParser(ObjectReadContext.empty(), payload, 0, payload.length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new ProtocolException("a message of " + payload.length + " bytes is no JSON object");
            }
            Map<String, Object> values = new LinkedHashMap<>();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                Object value = value(json);
                if (value != null && values.put(name, value) != null) {
                    throw new ProtocolException("field '" + printable(name) + "' stands twice in a message");
                }
            }
            if (json.nextToken() != null) {
                throw new ProtocolException("something follows the JSON object of a message");
            }
            return new Fields(values);
        } catch (JacksonException e) {
            throw new ProtocolException(
                    "a message of " + payload.length + " bytes is not JSON: " + printable(e.getOriginalMessage()), e);
        }
    }

    private static @Nullable Object value(JsonParser json) {
        JsonToken token = json.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            return json.getString();
        } else if (token == JsonToken.VALUE_NUMBER_INT) {
            return json.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? TOO_LARGE : json.getLongValue();
        } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            return json.getDoubleValue();
        } else if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return token == JsonToken.VALUE_TRUE;
        } else if (token == JsonToken.START_ARRAY) {
            return list(json);
        } else if (token == JsonToken.START_OBJECT) {
            return table(json);
        }
        return null;
    }

    private static Object list(JsonParser json) {
        List<String> list = new ArrayList<>();
        boolean pure = true;
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (token == JsonToken.VALUE_STRING) {
                list.add(json.getString());
            } else {
                pure = false;
                json.skipChildren();
            }
        }
        return pure ? list : NOT_TEXTS;
    }

    private static Object table(JsonParser json) {
        Map<String, String> table = new LinkedHashMap<>();
        boolean pure = true;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            if (json.nextToken() == JsonToken.VALUE_STRING) {
                table.put(name, json.getString());
            } else {
                pure = false;
                json.skipChildren();
            }
        }
        return pure ? table : NOT_TEXTS;
    }

    /** Whether the field is there, whatever it is; null counts as absent. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** A text that must be there. */
    public String string(String name) throws ProtocolException {
        return required(name, optionalString(name));
    }

    /** A text, or null. */
    public @Nullable String optionalString(String name) throws ProtocolException {
        return typed(name, String.class, "text");
    }

    /** A whole number that must be there. */
    public long number(String name) throws ProtocolException {
        return required(name, optionalNumber(name));
    }

    /** A whole number, or null. */
    public @Nullable Long optionalNumber(String name) throws ProtocolException {
        return typed(name, Long.class, "a whole number");
    }

    /** A whole number from 0 to the largest {@code int}, or null. */
    public @Nullable Integer optionalInt(String name) throws ProtocolException {
        Long value = optionalNumber(name);
        if (value != null && (value < 0 || value > Integer.MAX_VALUE)) {
            throw new ProtocolException("field '" + name + "' is " + value + ", not 0 to " + Integer.MAX_VALUE);
        }
        return value == null ? null : value.intValue();
    }

    /** The same, but it must be there. */
    public int integer(String name) throws ProtocolException {
        return required(name, optionalInt(name));
    }

    /** A number with or without a fraction, or null. */
    public @Nullable Double optionalReal(String name) throws ProtocolException {
        Number value = typed(name, Number.class, "a number");
        return value == null ? null : value.doubleValue();
    }

    /** A truth; false if it is not there. */
    public boolean bool(String name) throws ProtocolException {
        Boolean value = typed(name, Boolean.class, "true or false");
        return value != null && value;
    }

    /** A list of texts; empty if it is not there. */
    public List<String> strings(String name) throws ProtocolException {
        List<?> list = typed(name, List.class, "a list of texts");
        List<String> strings = new ArrayList<>();
        for (Object value : list == null ? List.of() : list) {
            strings.add((String) value);
        }
        return strings;
    }

    /** A table of texts by name; empty if it is not there. */
    public Map<String, String> map(String name) throws ProtocolException {
        Map<?, ?> table = typed(name, Map.class, "a table of texts");
        Map<String, String> map = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : table == null ? Map.<Object, Object>of().entrySet() : table.entrySet()) {
            map.put((String) entry.getKey(), (String) entry.getValue());
        }
        return map;
    }

    /** Bytes in base 64, or null. */
    public byte @Nullable [] optionalBase64(String name) throws ProtocolException {
        String text = optionalString(name);
        try {
            return text == null ? null : Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("field '" + name + "' is not base 64: " + e.getMessage(), e);
        }
    }

    private <T> @Nullable T typed(String name, Class<T> type, String kind) throws ProtocolException {
        Object value = values.get(name);
        if (value == null || type.isInstance(value)) {
            return type.cast(value);
        }
        throw new ProtocolException("field '" + name + "' must be " + kind);
    }

    private static <T> T required(String name, @Nullable T value) throws ProtocolException {
        if (value == null) {
            throw new ProtocolException("field '" + name + "' is missing");
        }
        return value;
    }

    /**
     * What came from the other side, made safe for a message of ours: short, without control characters, and without
     * what turns the direction of a line or breaks it.
     */
    public static String printable(String text) {
        int length = Math.min(text.length(), 100);
        StringBuilder safe = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            safe.append(isHarmless(c) ? c : '?');
        }
        return length < text.length() ? safe.append('…').toString() : safe.toString();
    }

    private static boolean isHarmless(char c) {
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR;
    }
}
