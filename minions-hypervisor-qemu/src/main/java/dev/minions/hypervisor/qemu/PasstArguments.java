package dev.minions.hypervisor.qemu;

import dev.minions.PortForward;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.Network.NicRequest;
import dev.minions.spi.process.HostProgram;
import java.util.ArrayList;
import java.util.List;

/** The command lines of passt, alone and inside pasta. */
final class PasstArguments {
    private static final String ADVICE = "apt install passt";

    private final NicRequest request;
    private final AddressPlan plan;

    PasstArguments(NicRequest request, AddressPlan plan) {
        this.request = request;
        this.plan = plan;
    }

    /** passt on the host: its published ports are the host's. */
    List<String> passt() {
        List<String> arguments = common();
        for (PortForward forward : request.publish()) {
            arguments.add("-t");
            arguments.add(forward.address() + "/" + forward.hostPort() + ":" + forward.guestPort());
        }
        return arguments;
    }

    /**
     * passt in a namespace of pasta's. The rules come from standard input; if they cannot be set, passt does not start.
     * A published port leads from the host through pasta to a port there, and from there through passt to the guest.
     */
    List<String> insidePasta() {
        var arguments = new ArrayList<String>();
        arguments.add(HostProgram.require("pasta", ADVICE).toString());
        arguments.addAll(List.of("-f", "--config-net", "-4", "--no-map-gw", "-u", "none", "-T", "none", "-U", "none"));
        List<PortForward> publish = request.publish();
        for (int i = 0; i < publish.size(); i++) {
            arguments.add("-t");
            arguments.add(publish.get(i).address() + "/" + publish.get(i).hostPort() + ":" + namespacePort(i));
        }
        if (publish.isEmpty()) {
            arguments.addAll(List.of("-t", "none"));
        }
        arguments.add("--");
        arguments.addAll(List.of("sh", "-c", "nft -f - && exec \"$@\" </dev/null", "sh"));
        arguments.addAll(common());
        for (int i = 0; i < publish.size(); i++) {
            arguments.add("-t");
            arguments.add(namespacePort(i) + ":" + publish.get(i).guestPort());
        }
        return arguments;
    }

    List<Integer> namespacePorts() {
        var ports = new ArrayList<Integer>();
        for (int i = 0; i < request.publish().size(); i++) {
            ports.add(namespacePort(i));
        }
        return ports;
    }

    /** In there all ports are free, and two addresses of the host may publish the same one. */
    private static int namespacePort(int index) {
        return 10_000 + index;
    }

    /** IPv4 only: what there is not need not be closed. It ends when its one client, the VMM, goes. */
    private List<String> common() {
        var arguments = new ArrayList<String>();
        arguments.add(HostProgram.require("passt", ADVICE).toString());
        arguments.addAll(List.of("-f", "-q", "--one-off", "-4", "--no-map-gw"));
        arguments.addAll(List.of("-s", PasstFiles.SOCKET, "-P", PasstFiles.PID));
        arguments.addAll(List.of("-a", request.address(), "-n", Integer.toString(plan.prefixLength())));
        arguments.addAll(List.of("-g", plan.gateway(), "-u", "none"));
        for (String server : plan.dns()) {
            arguments.addAll(List.of("-D", server));
        }
        return arguments;
    }
}
