package dev.minions.net.linux;

import dev.minions.AllowedSource;
import dev.minions.DataRate;
import dev.minions.PortForward;
import dev.minions.VmId;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.Network.NicRequest;
import dev.minions.spi.process.HostUser;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A VM's card as it was asked for: all that making and removing its device and rules takes. Kept in a file in the VM's
 * directory before anything is made, so that whoever comes later can remove it, or make it again.
 *
 * @param vm the VM
 * @param owner the user who may open the device; 0 for root
 * @param mac the guest's MAC address
 * @param address its IPv4 address
 * @param ip6 its IPv6 address, if the network has any
 * @param publish the ports that lead to it
 * @param allowFrom who else may open connections to it
 * @param bandwidth the most that passes in each direction
 */
record Card(
        VmId vm,
        long owner,
        String mac,
        String address,
        Optional<String> ip6,
        List<PortForward> publish,
        List<AllowedSource> allowFrom,
        Optional<DataRate> bandwidth) {
    private static final int HEX = 16;
    private static final int LOCAL_BIT = 2;

    Card {
        publish = List.copyOf(publish);
        allowFrom = List.copyOf(allowFrom);
    }

    static Card of(NicRequest request, AddressPlan plan) {
        long number = AddressPlan.number(request.address());
        return new Card(
                request.place().vm(),
                HostUser.vmm(request.place().cid(), Optional.empty())
                        .map(user -> user.uid())
                        .orElse(0L),
                request.mac(),
                request.address(),
                plan.ip6().map(six -> six.address(number)),
                request.publish(),
                request.allowFrom().stream()
                        .sorted((a, b) -> a.toString().compareTo(b.toString()))
                        .toList(),
                request.bandwidth());
    }

    /** The name of the TAP device of a VM: 14 of at most 15 characters, from the random end of the VM's id. */
    static String device(VmId vm) {
        return "mn" + vm.shortForm();
    }

    /** The name of its TAP device. */
    String device() {
        return device(vm);
    }

    /**
     * A number for a VM that no other has, from the random end of its id and never 0. By it a VM is known as a source:
     * an address may be another VM's tomorrow.
     */
    static long tag(VmId vm) {
        long low = vm.value().getLeastSignificantBits() & 0xFFFF_FFFFL;
        return low == 0 ? 1 : low;
    }

    /** The address that the guest's kernel gives itself (RFC 4291, appendix A). */
    String linkLocal() {
        int[] mac = Stream.of(this.mac.split(":", -1))
                .mapToInt(part -> Integer.parseInt(part, HEX))
                .toArray();
        return String.format(
                "fe80::%x:%x:%x:%x",
                (mac[0] ^ LOCAL_BIT) << 8 | mac[1], mac[2] << 8 | 0xff, 0xfe00 | mac[3], mac[4] << 8 | mac[5]);
    }

    /** The card as values of a {@link StateFile}. */
    Map<String, String> toValues() {
        Map<String, String> values = new TreeMap<>();
        values.put("vm", vm.toString());
        values.put("owner", Long.toString(owner));
        values.put("mac", mac);
        values.put("address", address);
        ip6.ifPresent(six -> values.put("ip6", six));
        values.put("publish", join(publish));
        values.put("allow-from", join(allowFrom));
        bandwidth.ifPresent(rate -> values.put("bandwidth", rate.toString()));
        return values;
    }

    /** The card that {@link #toValues} was called of. */
    static Card ofValues(Map<String, String> values) {
        return new Card(
                VmId.of(values.getOrDefault("vm", "")),
                Long.parseLong(values.getOrDefault("owner", "")),
                values.getOrDefault("mac", ""),
                values.getOrDefault("address", ""),
                Optional.ofNullable(values.get("ip6")),
                split(values.get("publish")).map(PortForward::parse).toList(),
                split(values.get("allow-from")).map(AllowedSource::parse).toList(),
                Optional.ofNullable(values.get("bandwidth")).map(DataRate::parse));
    }

    private static String join(List<?> items) {
        return String.join(" ", items.stream().map(Object::toString).toList());
    }

    private static Stream<String> split(@org.jspecify.annotations.Nullable String text) {
        return text == null || text.isEmpty() ? Stream.of() : Stream.of(text.split(" ", -1));
    }
}
