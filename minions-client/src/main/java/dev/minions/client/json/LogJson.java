package dev.minions.client.json;

import dev.minions.VmInfo;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a guest wrote to its console.
 *
 * @param id the VM's identity
 * @param name the VM's name
 * @param text what it wrote, control characters and all; it comes from the guest and is not to be trusted
 */
public record LogJson(String id, String name, String text) implements JsonShape {
    /** The shape of a console's text. */
    public static LogJson of(VmInfo vm, String text) {
        return new LogJson(vm.id().toString(), vm.name().value(), text);
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields().add("id", id).add("name", name).add("text", text).map();
    }
}
