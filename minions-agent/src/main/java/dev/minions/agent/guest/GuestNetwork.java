package dev.minions.agent.guest;

import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.FieldWriter;
import dev.minions.agent.protocol.Fields;
import dev.minions.agent.protocol.ProtocolException;
import dev.minions.agent.protocol.Request.ConfigureNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sets the guest's network as the host says, and again at the next start, as long as it is the same VM with the same
 * card: a copy must not take the address of the one it was made from.
 */
final class GuestNetwork {
    private static final String MEMORY = "/var/lib/minions-agent/network.json";
    private static final int PRIVATE = 0600;
    private static final int HEADER = 4;
    private static final int CARD_TRIES = 100;
    private static final int CARD_PAUSE_MILLIS = 100;

    private final GuestRoot root;
    private final GuestFacts facts;
    private final GuestFiles files;

    GuestNetwork(GuestRoot root, GuestFacts facts) {
        this.root = root;
        this.facts = facts;
        this.files = new GuestFiles(root);
    }

    /** Checks, sets and remembers; says what was set. */
    synchronized String configure(ConfigureNetwork settings) throws GuestFailure, IOException, InterruptedException {
        String device = settings.device() == null ? NetworkDevices.first(root) : settings.device();
        if (device == null || !Files.exists(root.at("/sys/class/net/" + requireName(device)))) {
            throw new GuestFailure(
                    Failure.FAILED,
                    device == null ? "the guest has no network card" : "the guest has no '" + device + "'");
        }
        String script = script(settings, device);
        apply(settings, script);
        remember(settings, device);
        return "configured " + device + " with " + settings.ip();
    }

    private static String requireName(String device) throws GuestFailure {
        if (!device.matches("[A-Za-z0-9][A-Za-z0-9_.@-]{0,14}")) {
            throw new GuestFailure(
                    Failure.BAD_REQUEST, "field 'device' is '" + Fields.printable(device) + "', not a device's name");
        }
        return device;
    }

    /** What {@code ip -batch} is to do. All that is in it was checked. */
    static String script(ConfigureNetwork settings, String device) throws GuestFailure {
        StringBuilder script = new StringBuilder();
        script.append("address flush dev ").append(device).append(" scope global\n");
        address(script, "ip", settings.ip(), device);
        String ip6 = settings.ip6();
        if (ip6 != null) {
            address(script, "ip6", ip6, device);
        }
        script.append("link set dev ").append(device).append(" up\n");
        route(script, "gateway", settings.gateway(), device);
        route(script, "gateway6", settings.gateway6(), device);
        for (String server : settings.dns()) {
            Address.require("dns", server);
        }
        return script.toString();
    }

    private static void address(StringBuilder script, String field, String address, String device) throws GuestFailure {
        String checked = Address.requireWithPrefix(field, address);
        script.append("address add ").append(checked).append(" dev ").append(device);
        script.append(Address.isV6(checked) ? " nodad\n" : "\n"); // it is ours alone: no need to ask the others first
    }

    private static void route(StringBuilder script, String field, @Nullable String gateway, String device)
            throws GuestFailure {
        if (gateway != null && !gateway.isEmpty()) {
            String checked = Address.require(field, gateway);
            script.append("route replace default via ").append(checked);
            script.append(" dev ").append(device).append(" onlink\n");
        }
    }

    private void apply(ConfigureNetwork settings, String script) throws IOException, InterruptedException {
        if (root.isReal()) {
            ShortCommand.run(script, "ip", "-batch", "-");
        }
        if (!settings.dns().isEmpty()) {
            StringBuilder text = new StringBuilder();
            for (String server : settings.dns()) {
                text.append("nameserver ").append(server).append('\n');
            }
            Path parent = root.at("/etc");
            files.makeDirectories(parent, false);
            files.replace(root.at("/etc/resolv.conf"), text.toString().getBytes(StandardCharsets.US_ASCII), null);
        }
    }

    private void remember(ConfigureNetwork settings, String device) throws IOException {
        FieldWriter out = new FieldWriter();
        settings.write(out);
        out.string("vm_id", facts.vmId()).string("mac", mac(device));
        byte[] frame = out.frame();
        Path file = root.at(MEMORY);
        files.makeDirectories(Objects.requireNonNull(file.getParent()), false);
        files.replace(file, Arrays.copyOfRange(frame, HEADER, frame.length), PRIVATE);
    }

    private @Nullable String mac(String device) {
        return root.text("/sys/class/net/" + device + "/address");
    }

    /**
     * Sets what the host said before the guest's last start, if this is still the same VM and card.
     *
     * @return whether it was set
     */
    boolean restore() throws IOException, InterruptedException {
        if (root.text(MEMORY) == null) {
            return false;
        }
        for (int i = 0; i < CARD_TRIES && NetworkDevices.first(root) == null; i++) {
            TimeUnit.MILLISECONDS.sleep(CARD_PAUSE_MILLIS); // sysfs tells nobody when a card appears
        }
        return restoreNow();
    }

    private synchronized boolean restoreNow() throws IOException, InterruptedException {
        String text = root.text(MEMORY);
        if (text == null) {
            return false;
        }
        try {
            Fields fields = Fields.parse(text.getBytes(StandardCharsets.UTF_8));
            ConfigureNetwork settings = ConfigureNetwork.read(fields);
            String device = settings.device() == null ? NetworkDevices.first(root) : settings.device();
            if (device == null
                    || !Objects.equals(fields.optionalString("vm_id"), facts.vmId())
                    || !Objects.equals(fields.optionalString("mac"), mac(device))) {
                return false;
            }
            apply(settings, script(settings, requireName(device)));
            return true;
        } catch (GuestFailure | ProtocolException e) {
            Log.say("restore the network", e); // what is there was not written by this agent
            return false;
        }
    }
}
