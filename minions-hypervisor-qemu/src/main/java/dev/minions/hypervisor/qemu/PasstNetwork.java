package dev.minions.hypervisor.qemu;

import dev.minions.PortForward;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendId;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Network;
import dev.minions.spi.Nic;
import dev.minions.spi.NicKind;
import dev.minions.spi.VmPlace;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.HostUser;
import dev.minions.spi.process.Launch;
import dev.minions.spi.process.LaunchedProcess;
import dev.minions.spi.process.Launcher;
import dev.minions.spi.process.Lifetime;
import dev.minions.spi.process.RunAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Connects each VM to a passt of its own, or leaves it isolated. Remembers nothing. */
final class PasstNetwork implements Network {
    private static final Duration START_LIMIT = Duration.ofSeconds(15);
    private static final Duration LOG_LIMIT = Duration.ofSeconds(1);
    private static final int LAST_LINES = 5;

    private final Confinement confinement;
    private final AddressPlan plan;
    private final RejectRules rules;
    private final PasstFiles.Naming naming;

    PasstNetwork(BackendContext context, Confinement confinement, List<String> dns) {
        this.confinement = confinement;
        AddressPlan usual = AddressPlan.usual("user");
        this.plan = new AddressPlan(
                usual.network(), usual.first(), usual.last(), usual.prefixLength(), usual.gateway(), dns);
        this.rules = new RejectRules(context.installation(), context.dataDirectory());
        this.naming = new PasstFiles.Naming(context.installation());
    }

    @Override
    public BackendId id() {
        return UserNetwork.ID;
    }

    @Override
    public String configuration() {
        return "";
    }

    @Override
    public String description() {
        return confinement.toString();
    }

    @Override
    public NicKind kind() {
        return NicKind.USER;
    }

    @Override
    public AddressPlan addresses() {
        return plan;
    }

    @Override
    public Nic attach(NicRequest request) {
        if (confinement.way() == Confinement.Way.ISOLATED) {
            request.publish().forEach(HostPorts::requireFree);
            return new Nic(
                    request.mac(),
                    new Nic.Endpoint.Isolated(
                            request.publish(), request.address() + "/" + plan.prefixLength(), plan.gateway()));
        }
        var files = new PasstFiles(request.place(), naming);
        Optional<Path> socket = runningSocket(request, files);
        if (socket.isEmpty()) {
            detach(request.place());
            request.publish().forEach(HostPorts::requireFree);
            socket = Optional.of(start(request, files));
        }
        return new Nic(request.mac(), new Nic.Endpoint.Socket(socket.get()));
    }

    /** The socket of a passt that runs for the VM, with its rules in place. */
    private Optional<Path> runningSocket(NicRequest request, PasstFiles files) {
        boolean runs = LaunchedProcess.find(files.launch())
                .filter(LaunchedProcess::isAlive)
                .isPresent();
        Optional<Path> socket = files.socket().filter(path -> runs && Files.exists(path));
        if (socket.isPresent() && confinement.way() == Confinement.Way.USER_RULES) {
            rules.add(HostUser.FIRST_NETWORK + request.place().cid());
        }
        return socket;
    }

    private Path start(NicRequest request, PasstFiles files) {
        VmPlace place = request.place();
        Optional<RunAs> user = HostUser.network(place.cid()).map(plain -> withPorts(plain, request.publish()));
        Path directory = files.newRunDirectory();
        HostDirectory.makePrivate(directory, user);
        user.ifPresent(other -> letThrough(directory));
        Path socket = directory.resolve(PasstFiles.SOCKET);
        try (var ready = WrittenFile.watch(directory.resolve(PasstFiles.PID))) {
            LaunchedProcess process = Launcher.start(launch(request, files, directory, user));
            // While passt prepares itself: nobody can use it before its socket is handed over.
            user.filter(passt -> confinement.way() == Confinement.Way.USER_RULES)
                    .ifPresent(passt -> rules.add(passt.uid()));
            await(request, files, process, ready);
        }
        HostUser.vmm(place.cid(), Optional.empty()).ifPresent(vmm -> HostDirectory.giveTo(socket, vmm));
        return socket;
    }

    /** The VMM comes through it to the socket, as another user. */
    private static void letThrough(Path directory) {
        try {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "open '" + directory + "': " + e, e);
        }
    }

    private static RunAs withPorts(RunAs user, List<PortForward> publish) {
        return publish.stream().anyMatch(HostPorts::isPrivileged)
                ? new RunAs(user.uid(), user.gid(), user.groups(), List.of("net_bind_service"))
                : user;
    }

    private Launch launch(NicRequest request, PasstFiles files, Path directory, Optional<RunAs> user) {
        var arguments = new PasstArguments(request, plan);
        boolean namespace = confinement.way() == Confinement.Way.NAMESPACE;
        Launch.Builder launch = Launch.builder(
                        files.launch(), directory, namespace ? arguments.insidePasta() : arguments.passt())
                .lifetime(lifetime(request.lifetime()));
        user.ifPresent(launch::runAs);
        if (namespace) {
            launch.tree().input(RejectRules.forNamespace(arguments.namespacePorts()));
        }
        return launch.build();
    }

    private static Lifetime lifetime(MachineSpec.Lifetime lifetime) {
        return switch (lifetime) {
            case DURABLE -> Lifetime.DURABLE;
            case EPHEMERAL -> Lifetime.EPHEMERAL;
        };
    }

    private static void await(NicRequest request, PasstFiles files, LaunchedProcess process, WrittenFile ready) {
        LaunchedProcess.Watch watch = process.onExit(exit -> ready.close());
        try {
            if (ready.await(START_LIMIT)) {
                return;
            }
        } finally {
            watch.close();
        }
        boolean ended = process.awaitExit(Duration.ZERO).isPresent();
        process.kill(START_LIMIT);
        process.awaitLogs(LOG_LIMIT);
        String said = files.log().tail(LAST_LINES).replace("\n", "; ");
        // Somebody may have taken a port in the moment since it was looked at.
        request.publish().forEach(HostPorts::requireFree);
        throw new MinionsException(
                ErrorCode.NETWORK_ERROR,
                "connect vm " + request.place().vm().shortForm() + ": passt "
                        + (ended ? "ended" : "did not answer within " + START_LIMIT.toSeconds() + " s")
                        + (said.isEmpty() ? ", and it said nothing" : ": " + said));
    }

    @Override
    public void detach(VmPlace place) {
        var files = new PasstFiles(place, naming);
        if (!files.anyMade()) {
            return;
        }
        LaunchedProcess.remove(files.launch());
        if (confinement.canHaveRules()) {
            rules.remove(HostUser.FIRST_NETWORK + place.cid());
        }
        files.removeRunDirectory();
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
