package dev.minions.client.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A disk that a VM has.
 *
 * @param device what the guest calls it
 * @param kind {@code root} or {@code data} for the VM's own, {@code attached} for one of the host's
 * @param size bytes, as the guest sees it; null for one of the host's
 * @param path where an attached one is on the host; null for the VM's own
 * @param readOnly whether the guest may only read it
 */
public record DiskJson(
        String device,
        String kind,
        @Nullable Long size,
        @Nullable String path,
        boolean readOnly) implements JsonShape {
    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields()
                .add("device", device)
                .add("kind", kind)
                .add("size", size)
                .add("path", path)
                .add("readOnly", readOnly)
                .map();
    }
}
