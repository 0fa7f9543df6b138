package dev.minions.testkit.cloudhypervisor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What requests may hold, as {@code schema.txt} says: checks them, and fills in what they leave open. The true program
 * passes over fields it does not know, so that a misspelt one is lost in silence; here it is an error.
 */
final class Schema {
    private static final String RESOURCE = "schema.txt";

    /** Whether a request may hold what the schema does not know. */
    enum Strictness {
        /** It may not. */
        STRICT,
        /** It may, as with the true program. */
        LENIENT
    }

    private record Field(String name, boolean required, String type, int since, int until, Optional<Object> otherwise) {
        boolean isIn(int major) {
            return since <= major && major <= until;
        }
    }

    private final int major;
    private final Strictness strictness;
    private final Map<String, Map<String, Field>> types = new LinkedHashMap<>();
    private final Map<String, Set<String>> enums = new LinkedHashMap<>();

    Schema(int major, Strictness strictness) {
        this.major = major;
        this.strictness = strictness;
        Map<String, Field> fields = new LinkedHashMap<>();
        for (String line : lines()) {
            if (line.startsWith("enum ")) {
                List<String> words = List.of(line.split(" ", -1));
                enums.put(words.get(1), Set.copyOf(words.subList(2, words.size())));
            } else if (line.startsWith("  ")) {
                Field field = field(line.strip());
                fields.put(field.name, field);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                fields = new LinkedHashMap<>();
                types.put(line.strip(), fields);
            }
        }
    }

    private static List<String> lines() {
        try (InputStream resource =
                Objects.requireNonNull(Schema.class.getResourceAsStream(RESOURCE), "resource " + RESOURCE)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Field field(String line) {
        int equals = line.indexOf(" = ");
        String[] words = (equals < 0 ? line : line.substring(0, equals)).split(" ", -1);
        boolean required = words[0].endsWith("!");
        String range = words.length > 2 ? words[2] : "..";
        String since = range.substring(0, range.indexOf('.'));
        String until = range.substring(range.lastIndexOf('.') + 1);
        return new Field(
                words[0].replace("!", ""),
                required,
                words[1],
                since.isEmpty() ? 0 : Integer.parseInt(since),
                until.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(until),
                equals < 0 ? Optional.empty() : Optional.of(Json.of(line.substring(equals + " = ".length()))));
    }

    /**
     * Reads a request's body.
     *
     * @return what it says, with all that it leaves open
     * @throws ApiError 400 if it is not that
     */
    Map<String, Object> read(String type, String body) throws ApiError {
        try {
            Json.Document document = Json.parse(body);
            return Json.table(complete(type, document.value(), document.ends()));
        } catch (Json.SyntaxException e) {
            throw ApiError.badRequest("Failed to deserialize JSON", String.valueOf(e.getMessage()));
        }
    }

    private Object complete(String type, Object value, IdentityHashMap<Object, Integer> ends) throws ApiError {
        if (type.startsWith("[")) {
            var list = new java.util.ArrayList<Object>();
            for (Object each : Json.list(require(value, value instanceof List, "a sequence"))) {
                list.add(complete(type.substring(1, type.length() - 1), each, ends));
            }
            return list;
        }
        return switch (type) {
            case "int" -> require(value, value instanceof Long, "an integer");
            case "bool" -> require(value, value instanceof Boolean, "a boolean");
            case "text" -> require(value, value instanceof String, "a string");
            default ->
                enums.containsKey(type)
                        ? require(
                                value, Objects.requireNonNull(enums.get(type)).contains(value), "a variant of " + type)
                        : completeTable(type, Json.table(require(value, value instanceof Map, "struct " + type)), ends);
        };
    }

    private Map<String, Object> completeTable(
            String type, Map<String, Object> given, IdentityHashMap<Object, Integer> ends) throws ApiError {
        Map<String, Field> fields = fields(type);
        int end = ends.getOrDefault(given, 0);
        for (String name : given.keySet()) {
            Field field = fields.get(name);
            if (strictness == Strictness.STRICT && (field == null || !field.isIn(major))) {
                throw ApiError.badRequest(
                        "Failed to deserialize JSON",
                        "unknown field `" + name + "` of " + type + " in release " + major + " at line 1 column "
                                + end);
            }
        }
        var result = new LinkedHashMap<String, Object>();
        for (Field field : fields.values()) {
            Object value = given.get(field.name);
            if (value != null && value != Json.Null.NULL) {
                result.put(field.name, complete(field.type, value, ends));
            } else if (field.required) {
                throw ApiError.badRequest(
                        "Failed to deserialize JSON", "missing field `" + field.name + "` at line 1 column " + end);
            } else if (field.otherwise.isPresent() && field.isIn(major)) {
                result.put(field.name, complete(field.type, field.otherwise.get(), ends));
            }
        }
        return result;
    }

    private Map<String, Field> fields(String type) {
        return Objects.requireNonNull(types.get(type), type);
    }

    private static Object require(Object value, boolean holds, String wanted) throws ApiError {
        if (!holds) {
            throw ApiError.badRequest(
                    "Failed to deserialize JSON", "invalid type: " + Json.print(value) + ", expected " + wanted);
        }
        return value;
    }

    /** The same with {@code null} for every field that is not set, as releases before 53 answer. */
    Map<String, Object> withNulls(String type, Map<String, Object> table) {
        var result = new LinkedHashMap<String, Object>();
        for (Field field : fields(type).values()) {
            if (field.isIn(major)) {
                Object value = table.getOrDefault(field.name, Json.Null.NULL);
                result.put(
                        field.name,
                        value instanceof Map && types.containsKey(field.type)
                                ? withNulls(field.type, Json.table(value))
                                : value);
            }
        }
        return result;
    }
}
