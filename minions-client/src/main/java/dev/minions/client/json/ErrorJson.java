package dev.minions.client.json;

import dev.minions.error.MinionsException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A failure: an object with the one key {@code error}, so that it cannot be mistaken for a result.
 *
 * @param error what happened
 */
public record ErrorJson(Failure error) implements JsonShape {
    /** The shape of a failure. */
    public static ErrorJson of(MinionsException failure) {
        return new ErrorJson(new Failure(
                failure.code().text(),
                Fields.word(failure.kind()),
                String.valueOf(failure.getMessage()),
                Fields.text(failure.operation()),
                failure.leftovers()));
    }

    /** The shape of a misuse: something that was asked for cannot be meant. */
    public static ErrorJson usage(String message) {
        return new ErrorJson(new Failure("usage", "usage", message, null, List.of()));
    }

    /** The shape of a fault in Minions itself. */
    public static ErrorJson internal(String message) {
        return new ErrorJson(new Failure("internal", "internal", message, null, List.of()));
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields().add("error", error).map();
    }

    /**
     * What happened.
     *
     * @param code the stable name of the failure, for example {@code vm-not-found}; {@code usage} for a misuse,
     *     {@code internal} for a fault in Minions
     * @param kind what can be done about it: {@code not-found}, {@code already-exists}, {@code conflict},
     *     {@code unsupported}, {@code exhausted}, {@code timed-out}, {@code interrupted}, {@code backend},
     *     {@code usage} or {@code internal}
     * @param message one sentence for people
     * @param operation the id of the operation it ended
     * @param leftovers what is still on the host because undoing it failed too; empty nearly always
     */
    public record Failure(
            String code,
            String kind,
            String message,
            @Nullable String operation,
            List<String> leftovers) implements JsonShape {
        /** Copies the list. */
        public Failure {
            leftovers = List.copyOf(leftovers);
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            return new Fields()
                    .add("code", code)
                    .add("kind", kind)
                    .add("message", message)
                    .add("operation", operation)
                    .add("leftovers", leftovers)
                    .map();
        }
    }
}
