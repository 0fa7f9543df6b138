package dev.minions.hypervisor.qemu;

import dev.minions.PortForward;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Nic;
import dev.minions.spi.process.HostProgram;
import dev.minions.spi.process.Launcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** QEMU's command line for a machine. */
final class QemuArguments {
    private static final String MACHINE = "q35,usb=off,smbus=off,vmport=off,dump-guest-core=off";
    /**
     * Where devices are that come and go: one bridge has room for 32, and the guest's ACPI sees to them, without a driver
     * for the bridge.
     */
    private static final String BRIDGE = "pcie-pci-bridge,id=plug,addr=0x1e";

    /** What puts a device there; the old interface of virtio would take I/O ports, of which there are few. */
    static final Map<String, String> PLUGGED = Map.of("bus", "plug", "disable-legacy", "on");

    private static final String SANDBOX = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

    private final HostProgram program;
    private final Acceleration acceleration;
    private final MachineSpec machine;
    private final List<String> arguments = new ArrayList<>();

    QemuArguments(HostProgram program, Acceleration acceleration, MachineSpec machine) {
        this.program = program;
        this.acceleration = acceleration;
        this.machine = machine;
    }

    List<String> all() {
        arguments.clear();
        arguments.add(program.toString());
        addMachine();
        addKernel();
        addConsole();
        addControl();
        addAgent();
        for (int i = 0; i < machine.disks().size(); i++) {
            addDisk(i, machine.disks().get(i));
        }
        for (int i = 0; i < machine.nics().size(); i++) {
            addNic(i, machine.nics().get(i));
        }
        return List.copyOf(arguments);
    }

    /** The command line for a machine that waits for its memory instead of booting, and then stands still. */
    List<String> allToRestore() {
        List<String> all = new ArrayList<>(all());
        all.addAll(List.of("-incoming", "defer", "-S"));
        return List.copyOf(all);
    }

    private void addMachine() {
        add("-name", "guest=" + machine.name());
        add("-uuid", machine.place().vm().toString());
        add("-smbios", "type=11,value=minions.vm=" + machine.place().vm());
        arguments.addAll(List.of("-nodefaults", "-no-user-config"));
        add("-display", "none");
        add("-machine", MACHINE);
        arguments.addAll(acceleration.arguments());
        add("-smp", Integer.toString(machine.cpus()));
        add("-m", "size=" + machine.memory().bytes() / 1024 + "K");
        add("-sandbox", SANDBOX);
        add("-msg", "timestamp=on");
        add("-action", "panic=exit-failure");
        add("-device", "pvpanic");
        add("-device", "virtio-rng-pci");
        add("-device", "virtio-balloon-pci,free-page-reporting=on");
        add("-device", BRIDGE);
    }

    private void addKernel() {
        add("-kernel", machine.kernel().toAbsolutePath().toString());
        machine.initrd()
                .ifPresent(initrd -> add("-initrd", initrd.toAbsolutePath().toString()));
        add(
                "-append",
                Stream.of("console=ttyS0", acceleration.kernelArguments(), machine.kernelArguments())
                        .filter(part -> !part.isEmpty())
                        .collect(Collectors.joining(" ")));
    }

    /** What is logged goes through the launcher's descriptor, so that QEMU need not be able to open the log. */
    private void addConsole() {
        add("-add-fd", "set=1,fd=" + Launcher.CONSOLE_DESCRIPTOR);
        add("-chardev", server("console", VmmFiles.CONSOLE_SOCKET) + ",logfile=/dev/fdset/1,logappend=on");
        add("-serial", "chardev:console");
    }

    /**
     * Standard output is a control channel that reports every event into the log, with nobody home too. One channel
     * calls whoever starts QEMU. The others wait for whoever comes.
     */
    private void addControl() {
        add("-chardev", "stdio,id=events,signal=off");
        add("-mon", "chardev=events,mode=control");
        add("-chardev", "socket,id=up,path=" + VmmFiles.START_SOCKET + ",server=off");
        add("-mon", "chardev=up,mode=control");
        for (int i = 0; i < VmmFiles.CONTROL_SOCKETS; i++) {
            String name = VmmFiles.controlName(i);
            add("-chardev", server(name, name));
            add("-mon", "chardev=" + name + ",mode=control");
        }
    }

    private void addAgent() {
        add("-device", "virtio-serial-pci,id=agent,max_ports=" + 2 * VmmFiles.LANES);
        for (int i = 0; i < VmmFiles.LANES; i++) {
            String name = VmmFiles.laneName(i);
            add("-chardev", server(name, name));
            // Port 0 is kept for a console.
            add("-device", "virtserialport,bus=agent.0,nr=" + (i + 1) + ",chardev=" + name + ",name=dev.minions." + i);
        }
    }

    /**
     * The first disk is on the machine's own bus, so that the guest finds it first; all others are where they can be taken
     * away while the guest runs.
     */
    private void addDisk(int index, MachineSpec.Disk disk) {
        String id = "disk" + index;
        new DiskNodes(id, disk).options().forEach(node -> add("-blockdev", words(node)));
        add("-device", "virtio-blk-pci,drive=" + id + ",id=" + id + (index == 0 ? "" : "," + words(PLUGGED)));
    }

    private static String words(Map<String, ?> options) {
        return options.entrySet().stream()
                .map(option -> option.getKey() + "=" + word(option.getValue()))
                .collect(Collectors.joining(","));
    }

    private static String word(Object value) {
        return value instanceof Boolean on ? (on ? "on" : "off") : value(value.toString());
    }

    private void addNic(int index, Nic nic) {
        String id = "net" + index;
        add(
                "-netdev",
                switch (nic.endpoint()) {
                    case Nic.Endpoint.Socket socket ->
                        "stream,id=" + id + ",server=off,addr.type=unix,addr.path="
                                + value(socket.path().toAbsolutePath().toString());
                    case Nic.Endpoint.Isolated isolated -> isolated(id, isolated);
                    case Nic.Endpoint.Tap tap ->
                        "tap,id=" + id + ",ifname=" + tap.device() + ",script=no,downscript=no,vhost=off";
                });
        add("-device", "virtio-net-pci,id=" + id + ",romfile=,netdev=" + id + ",mac=" + nic.mac());
    }

    private static String isolated(String id, Nic.Endpoint.Isolated network) {
        int slash = network.guestAddress().indexOf('/');
        String guest = network.guestAddress().substring(0, slash);
        String prefix = network.guestAddress().substring(slash);
        return "user,id=" + id + ",restrict=on,ipv6=off,net=" + network.gateway() + prefix + ",host="
                + network.gateway() + ",dhcpstart=" + guest
                + network.forwards().stream()
                        .map(forward -> ",hostfwd=" + forward(forward, guest))
                        .collect(Collectors.joining());
    }

    static String forward(PortForward forward, String guest) {
        return "tcp:" + forward.address() + ":" + forward.hostPort() + "-" + guest + ":" + forward.guestPort();
    }

    /** A server socket that takes one client and then waits for the next. */
    private static String server(String id, String path) {
        return "socket,id=" + id + ",path=" + path + ",server=on,wait=off";
    }

    /** A comma in a value is doubled, or it would begin the next option. */
    private static String value(String text) {
        return text.replace(",", ",,");
    }

    private void add(String option, String value) {
        arguments.add(option);
        arguments.add(value);
    }
}
