package dev.minions.client.json;

import dev.minions.ImageInfo;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An image that is gone.
 *
 * @param digest the digest it had
 * @param names the names it bore, in order
 */
public record RemovedImageJson(String digest, List<String> names) implements JsonShape {
    /** Copies the list. */
    public RemovedImageJson {
        names = List.copyOf(names);
    }

    /** The shape for an image as it was before it was removed. */
    public static RemovedImageJson of(ImageInfo image) {
        return new RemovedImageJson(
                image.digest().value(), image.names().stream().sorted().toList());
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields().add("digest", digest).add("names", names).map();
    }
}
