package dev.minions.core.engine;

import dev.minions.AttachedDisk;
import dev.minions.VmSpec;
import dev.minions.core.engine.GuestAgents.Address;
import dev.minions.core.engine.GuestAgents.Identity;
import dev.minions.core.engine.GuestAgents.Link;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Network.NicRequest;
import dev.minions.spi.Nic;
import dev.minions.spi.NicKind;
import dev.minions.spi.VmPlace;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import dev.minions.spi.Volume;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings a VM up whose disk exists, from its network card to its agent's first answer. The same for create and start. */
final class Boot {
    /** How often a boot looks whether somebody wants it to give up; everything else it waits for wakes it at once. */
    private static final Duration CANCEL_LOOK = Duration.ofMillis(250);

    private static final Duration CONFIGURE_LIMIT = Duration.ofSeconds(60);
    /** A copy makes new SSH host keys, while its guest boots. */
    private static final Duration ANEW_LIMIT = Duration.ofMinutes(4);

    private static final int CONSOLE_LINES = 15;

    private final DataDirectory directory;
    private final Backends backends;
    private final BootImage.Library images;
    private final GuestAgents agents;

    Boot(DataDirectory directory, Backends backends, BootImage.Library images, GuestAgents agents) {
        this.directory = directory;
        this.backends = backends;
        this.images = images;
        this.agents = agents;
    }

    /**
     * Attaches the network, starts the VMM and waits for the agent. Leaves undoing to the operation.
     *
     * @param own the VM's own disks, its root disk first
     * @param limit how long the guest may take to its first answer
     * @throws MinionsException {@code BOOT_TIMEOUT} or {@code VMM_EXITED} with the console's last lines
     */
    void run(Operation operation, VmRecord vm, List<Volume> own, Duration limit) throws InterruptedException {
        VmPlace place = directory.place(vm.id(), vm.cid());
        long began = System.nanoTime();
        operation.begin("attach network");
        List<Nic> nics = attach(vm, place);
        operation.begin("start machine");
        try (Vmm vmm = backends.hypervisor().start(machine(vm, place, own, nics))) {
            operation.begin("wait for the guest");
            Link link = await(operation, vm, vmm, began, limit);
            try (link) {
                operation.begin("configure the guest");
                Identity identity = identity(vm, place);
                link.configure(identity, identity.fresh() ? ANEW_LIMIT : CONFIGURE_LIMIT);
                FreshIdentity.given(place);
            }
        }
    }

    private List<Nic> attach(VmRecord vm, VmPlace place) {
        if (backends.network().kind() == NicKind.NONE) {
            return List.of();
        }
        VmSpec spec = vm.spec();
        NicRequest request = new NicRequest(
                place,
                Macs.of(vm.cid()),
                addressText(vm),
                spec.publish(),
                vm.lifetime(),
                spec.allowFrom(),
                spec.bandwidth());
        return List.of(backends.network().attach(request));
    }

    private MachineSpec machine(VmRecord vm, VmPlace place, List<Volume> own, List<Nic> nics) {
        VmSpec spec = vm.spec();
        BootImage image = images.get(vm.imageDigest());
        Path kernel = spec.kernel()
                .or(image::kernel)
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.NOT_SUPPORTED,
                        "start vm '" + vm.name() + "': image '" + spec.image()
                                + "' has no kernel; import it again with --kernel"));
        Optional<Path> initrd = spec.kernel().isPresent() ? spec.initrd() : image.initrd();
        String arguments = image.kernelArguments() + " minions.vm=" + vm.id()
                + spec.kernelArguments().map(more -> " " + more).orElse("");
        return new MachineSpec(
                place,
                vm.name(),
                spec.cpus(),
                spec.memory(),
                kernel,
                initrd,
                arguments.strip(),
                disks(own, spec),
                nics,
                vm.lifetime(),
                room(spec));
    }

    /** A VM that runs can be made as large again; for more it is stopped and started. */
    private MachineSpec.Growth room(VmSpec spec) {
        int most = backends.hypervisor().traits().maxCpus();
        return new MachineSpec.Growth(
                Math.max(spec.cpus(), Math.min(most, 2 * spec.cpus())),
                spec.memory().plus(spec.memory()));
    }

    private static List<MachineSpec.Disk> disks(List<Volume> own, VmSpec spec) {
        List<MachineSpec.Disk> disks = new ArrayList<>();
        for (Volume disk : own) {
            disks.add(new MachineSpec.Disk(disk.path(), disk.format(), disk.base(), MachineSpec.Access.READ_WRITE));
        }
        for (AttachedDisk extra : spec.attached()) {
            disks.add(AttachedDisks.machine(extra));
        }
        return disks;
    }

    /**
     * Waits for whichever comes first: the agent's answer, the end of the VMM, the deadline, or a cancel. The agent is
     * tried on a thread of its own, so that the end of the VMM is seen at once.
     */
    private Link await(Operation operation, VmRecord vm, Vmm vmm, long began, Duration limit)
            throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        try (Reach reach = new Reach(agents, vm, vmm, deadline)) {
            while (true) {
                Optional<Link> link = reach.await(CANCEL_LOOK);
                if (link.isPresent()) {
                    return link.get();
                }
                operation.checkpoint();
                Optional<Vmm.Exit> exit = vmm.awaitExit(Duration.ZERO);
                if (exit.isPresent()) {
                    throw new MinionsException(
                            ErrorCode.VMM_EXITED,
                            "start vm '" + vm.name() + "': the machine ended before the guest was up: "
                                    + exit.get().detail() + evidence(vm, vmm, began));
                }
                if (System.nanoTime() - deadline >= 0) {
                    throw new MinionsException(
                            ErrorCode.BOOT_TIMEOUT,
                            "start vm '" + vm.name() + "': the guest's agent did not answer within "
                                    + limit.toSeconds() + " s; pass a longer --boot-timeout, or --keep and look at its"
                                    + " logs" + evidence(vm, vmm, began));
                }
            }
        }
    }

    private String evidence(VmRecord vm, Vmm vmm, long began) {
        long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
        StringBuilder text = new StringBuilder(" (step 'wait for the guest', ")
                .append(millis)
                .append(" ms after the start)");
        List<Path> files = backends.hypervisor().consoleFiles(directory.place(vm.id(), vm.cid()));
        String console = Console.tail(files, CONSOLE_LINES);
        text.append(console.isEmpty() ? "; its console is empty" : "; its console ends:\n" + console.stripTrailing());
        String errors = vmm.errorTail();
        if (!errors.isBlank()) {
            text.append("\nthe machine's own messages end:\n").append(errors.stripTrailing());
        }
        return text.toString();
    }

    private Identity identity(VmRecord vm, VmPlace place) {
        Optional<Address> address = Optional.empty();
        if (vm.address().isPresent()) {
            AddressPlan plan = backends.network().addresses();
            address = Optional.of(new Address(
                    addressText(vm) + "/" + plan.prefixLength(),
                    plan.gateway(),
                    plan.dns(),
                    plan.ip6().map(six -> six.address(vm.address().getAsLong()) + "/128"),
                    plan.ip6().map(AddressPlan.Ip6::gateway)));
        }
        List<String> keys =
                vm.spec().sshKeys().stream().map(key -> key.line()).sorted().toList();
        return new Identity(vm.name().value(), address, keys, vm.spec().files(), FreshIdentity.isWanted(place));
    }

    private static String addressText(VmRecord vm) {
        return vm.address().isPresent() ? AddressPlan.text(vm.address().getAsLong()) : "";
    }
}
