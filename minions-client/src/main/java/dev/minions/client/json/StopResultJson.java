package dev.minions.client.json;

import dev.minions.StopResult;
import dev.minions.VmInfo;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a VM came to be stopped.
 *
 * @param id the VM's identity
 * @param name the VM's name
 * @param how {@code already-stopped}, {@code agent} or {@code power-button} if the guest shut itself down, or
 *     {@code killed}
 * @param took seconds from the call to the end of the process
 */
public record StopResultJson(String id, String name, String how, double took) implements JsonShape {
    /** The shape of a result. */
    public static StopResultJson of(VmInfo vm, StopResult result) {
        return new StopResultJson(
                vm.id().toString(), vm.name().value(), Fields.word(result.how()), Fields.seconds(result.took()));
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields()
                .add("id", id)
                .add("name", name)
                .add("how", how)
                .add("took", took)
                .map();
    }
}
