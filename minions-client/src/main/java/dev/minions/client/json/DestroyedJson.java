package dev.minions.client.json;

import dev.minions.VmInfo;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A VM that is gone.
 *
 * @param id the identity it had, which is never given again
 * @param name the name it had, which is free again
 */
public record DestroyedJson(String id, String name) implements JsonShape {
    /** The shape for a VM as it was before it was destroyed. */
    public static DestroyedJson of(VmInfo vm) {
        return new DestroyedJson(vm.id().toString(), vm.name().value());
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields().add("id", id).add("name", name).map();
    }
}
