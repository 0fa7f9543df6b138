package dev.minions.client.json;

import dev.minions.GuestStatus;
import dev.minions.VmInfo;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a guest's agent says of the guest. All but {@code id} and {@code name} comes from the guest and is not to be
 * trusted.
 *
 * @param id the VM's identity
 * @param name the VM's name
 * @param hostname the guest's own name
 * @param uptime seconds since the guest's kernel started
 * @param memoryTotal bytes of memory the guest's kernel manages
 * @param memoryUsed bytes of it that are not available
 * @param diskTotal bytes of the root file system
 * @param diskUsed bytes of it that are used
 * @param cpuPercent use of all CPUs together, 0 to 100
 * @param networkReceived bytes since the interface came up
 * @param networkSent bytes since the interface came up
 * @param loadAverage over one minute
 * @param agentVersion the agent's version
 */
public record GuestStatusJson(
        String id,
        String name,
        String hostname,
        double uptime,
        long memoryTotal,
        long memoryUsed,
        long diskTotal,
        long diskUsed,
        @Nullable Double cpuPercent,
        @Nullable Long networkReceived,
        @Nullable Long networkSent,
        @Nullable Double loadAverage,
        @Nullable String agentVersion)
        implements JsonShape {

    /** The shape of a guest's status. */
    public static GuestStatusJson of(VmInfo vm, GuestStatus status) {
        return new GuestStatusJson(
                vm.id().toString(),
                vm.name().value(),
                status.hostname(),
                Fields.seconds(status.uptime()),
                status.memoryTotal().bytes(),
                status.memoryUsed().bytes(),
                status.diskTotal().bytes(),
                status.diskUsed().bytes(),
                Fields.number(status.cpuPercent()),
                Fields.number(status.networkReceived()),
                Fields.number(status.networkSent()),
                Fields.number(status.loadAverage()),
                status.agentVersion().orElse(null));
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields()
                .add("id", id)
                .add("name", name)
                .add("hostname", hostname)
                .add("uptime", uptime)
                .add("memoryTotal", memoryTotal)
                .add("memoryUsed", memoryUsed)
                .add("diskTotal", diskTotal)
                .add("diskUsed", diskUsed)
                .add("cpuPercent", cpuPercent)
                .add("networkReceived", networkReceived)
                .add("networkSent", networkSent)
                .add("loadAverage", loadAverage)
                .add("agentVersion", agentVersion)
                .map();
    }
}
