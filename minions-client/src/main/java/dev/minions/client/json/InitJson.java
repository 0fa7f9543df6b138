package dev.minions.client.json;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What setting a host up, or taking that back, changed.
 *
 * @param changes a sentence each; empty if nothing was
 */
public record InitJson(List<String> changes) implements JsonShape {
    /** Copies the list. */
    public InitJson {
        changes = List.copyOf(changes);
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields().add("changes", changes).map();
    }
}
