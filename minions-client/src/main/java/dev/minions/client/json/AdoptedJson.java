package dev.minions.client.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A data directory that was bound to this host.
 *
 * @param dataDirectory its real path
 */
public record AdoptedJson(String dataDirectory) implements JsonShape {
    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields().add("dataDirectory", dataDirectory).map();
    }
}
