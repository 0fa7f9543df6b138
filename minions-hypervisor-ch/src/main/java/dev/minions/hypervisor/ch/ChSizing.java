package dev.minions.hypervisor.ch;

import dev.minions.ByteSize;
import dev.minions.spi.Sizing;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Other CPUs and other memory for a running machine, as far as its configuration lets it grow. */
final class ChSizing implements Sizing {
    private final Api api;

    ChSizing(Api api) {
        this.api = api;
    }

    @Override
    public Bounds bounds() {
        JsonNode config = api.call(Verb.INFO).path("config");
        JsonNode memory = config.path("memory");
        long most = memory.path("size").asLong(0) + memory.path("hotplug_size").asLong(0);
        return new Bounds(config.path("cpus").path("max_vcpus").asInt(1), ByteSize.bytes(most));
    }

    @Override
    public void resizeCpus(int count) {
        api.call(Verb.RESIZE, JsonNodeFactory.instance.objectNode().put("desired_vcpus", count));
    }

    /** It refuses what it was asked for before, though it is so. */
    @Override
    public void resizeMemory(ByteSize size) {
        JsonNode memory = api.call(Verb.INFO).path("config").path("memory");
        long now =
                memory.path("size").asLong(0) + memory.path("hotplugged_size").asLong(0);
        if (size.bytes() == now) {
            return;
        }
        api.call(Verb.RESIZE, JsonNodeFactory.instance.objectNode().put("desired_ram", size.bytes()));
    }
}
