package dev.minions.hypervisor.ch;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.HostProgram;
import dev.minions.spi.process.HostUser;
import dev.minions.spi.process.Launch;
import dev.minions.spi.process.LaunchedProcess;
import dev.minions.spi.process.Launcher;
import dev.minions.spi.process.Lifetime;
import dev.minions.spi.process.ProcessExit;
import dev.minions.spi.process.ResourceLimits;
import dev.minions.spi.process.RunAs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Brings one VMM up: a bare process first, and then, by requests to it, its machine. */
final class VmmStart {
    private static final String CONSOLE_PROGRAM = "console.pl";
    private static final long VMM_MEMORY = 256L * 1024 * 1024;
    private static final int VMM_CPUS = 1;
    private static final int VMM_TASKS = 128;
    private static final int TASKS_PER_CPU = 4;
    private static final int PERCENT = 100;
    private static final int USUAL_WEIGHT = 100;
    private static final Duration LOG_LIMIT = Duration.ofSeconds(2);

    /** A process that is killed closes its sockets some moments before it has ended. */
    private static final Duration DYING = Duration.ofMillis(500);

    private final HostProgram program;
    private final HostLayers layers;
    private final Limits limits;
    private final Turns turns;
    private final Watches watches;
    private final MachineSpec machine;
    private final ChFiles files;

    VmmStart(HostProgram program, HostLayers layers, Limits limits, Turns turns, Watches watches, MachineSpec machine) {
        this.program = program;
        this.layers = layers;
        this.limits = limits;
        this.turns = turns;
        this.watches = watches;
        this.machine = machine;
        this.files = new ChFiles(machine.place());
    }

    /**
     * Starts.
     *
     * @param describing what makes a machine of the bare process, from which on it has a console
     * @param running what makes it run
     * @throws MinionsException {@code HYPERVISOR_ERROR}; then nothing runs
     */
    Vmm run(Consumer<Api> describing, Consumer<Api> running) {
        requireNotRunning();
        requireFiles();
        Optional<RunAs> user = HostUser.vmm(machine.place().cid(), layers.group());
        HostDirectory.remove(files.run()); // with the sockets of the last run, at which a new one would fail
        HostDirectory.makePrivate(files.run(), user);
        user.ifPresent(this::handOver);
        ReadyCall call = ReadyCall.listen(files.ready(), user);
        boolean up = false;
        try {
            LaunchedProcess process = Launcher.start(launch(user));
            var api = Api.ofNewProcess(files, process, turns, limits);
            make(process, api, describing, running);
            up = true;
            return new ChVmm(files, process, api, limits, watches, Optional.of(call));
        } finally {
            if (!up) {
                call.close();
            }
        }
    }

    private void requireNotRunning() {
        LaunchedProcess.find(files.launch()).filter(LaunchedProcess::isAlive).ifPresent(process -> {
            throw new MinionsException(
                    ErrorCode.WRONG_STATE,
                    "start vm '" + machine.name() + "': it runs already, as process "
                            + process.identity().pid());
        });
    }

    private void requireFiles() {
        for (Path file : needed()) {
            if (!Files.exists(file)) {
                throw new MinionsException(
                        ErrorCode.HYPERVISOR_ERROR, "start vm '" + machine.name() + "': there is no '" + file + "'");
            }
        }
    }

    private List<Path> needed() {
        var needed = new ArrayList<Path>();
        needed.add(machine.kernel());
        machine.initrd().ifPresent(needed::add);
        for (MachineSpec.Disk disk : machine.disks()) {
            needed.add(disk.path());
            disk.base().ifPresent(needed::add);
        }
        return needed;
    }

    /** The disks it may write become its own; what it only reads must be readable for everybody. */
    private void handOver(RunAs owner) {
        needed().forEach(file -> HostUser.requireWay(file, owner));
        for (MachineSpec.Disk disk : machine.disks()) {
            if (disk.access() == MachineSpec.Access.READ_WRITE) {
                HostDirectory.giveDisk(disk.path(), owner);
            }
        }
    }

    /** No option says anything about the machine: paths on a command line could be taken for more options. */
    private Launch launch(Optional<RunAs> user) {
        List<String> argv = List.of(
                program.toString(),
                "--api-socket",
                "path=" + files.api().getFileName(),
                "--event-monitor",
                "fd=1",
                "--seccomp",
                "true");
        Launch.Builder launch = Launch.builder(files.launch(), files.run(), argv)
                .lifetime(lifetime())
                .log(files.log())
                .console(files.console())
                .companion(console());
        user.ifPresent(launch::runAs);
        if (layers.cgroups() && machine.lifetime() == MachineSpec.Lifetime.DURABLE) {
            launch.limits(resources());
        }
        return launch.build();
    }

    /**
     * What the machine can come to, and some for the VMM itself: its own memory, its disks' and cards' threads. The
     * cgroup has another name each time, as the one before may take a moment to go.
     */
    private ResourceLimits resources() {
        int cpus = machine.growth().maxCpus();
        return new ResourceLimits(
                "minions-" + machine.place().vm().shortForm() + "-" + Long.toHexString(System.nanoTime()),
                machine.growth().maxMemory().bytes() + VMM_MEMORY,
                PERCENT * (cpus + VMM_CPUS),
                VMM_TASKS + TASKS_PER_CPU * cpus,
                USUAL_WEIGHT);
    }

    private Lifetime lifetime() {
        return switch (machine.lifetime()) {
            case DURABLE -> Lifetime.DURABLE;
            case EPHEMERAL -> Lifetime.EPHEMERAL;
        };
    }

    private Launch.Companion console() {
        return new Launch.Companion(
                List.of(
                        "perl",
                        "-",
                        files.serial().getFileName().toString(),
                        files.consoleSocket().getFileName().toString()),
                consoleProgram());
    }

    private static String consoleProgram() {
        try (InputStream resource =
                Objects.requireNonNull(VmmStart.class.getResourceAsStream(CONSOLE_PROGRAM), CONSOLE_PROGRAM)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void make(LaunchedProcess process, Api api, Consumer<Api> describing, Consumer<Api> running) {
        boolean made = false;
        try {
            awaitSocket(process, files.api(), "cloud-hypervisor");
            requireUsable(api);
            describing.accept(api);
            awaitSocket(process, files.consoleSocket(), "the reader of its console");
            running.accept(api);
            made = true;
        } catch (MinionsException e) {
            throw explained(process, e);
        } finally {
            if (!made) {
                giveUp(process, api);
            }
        }
    }

    private void awaitSocket(LaunchedProcess process, Path socket, String who) {
        if (!SocketWait.await(watches, socket, process, limits.start())) {
            throw new MinionsException(
                    ErrorCode.HYPERVISOR_ERROR,
                    "start vm '" + machine.name() + "': " + who + " did not come up within "
                            + limits.start().toMillis() + " ms");
        }
    }

    private void requireUsable(Api api) {
        JsonNode ping = api.call(Verb.PING);
        ChVersion version = ChVersion.parse(ping.path("version").asString(""));
        if (!version.isNewEnough()) {
            throw unusable(ChVersion.OLDEST + " or newer is needed, this is " + version.text());
        }
        if (ping.path("features")
                .valueStream()
                .noneMatch(feature -> feature.asString("").equals("kvm"))) {
            throw unusable("one that was built with KVM is needed, this has " + ping.path("features"));
        }
    }

    private MinionsException unusable(String fact) {
        return new MinionsException(
                ErrorCode.HYPERVISOR_ERROR, "start vm '" + machine.name() + "': of cloud-hypervisor " + fact);
    }

    /** What the VMM itself wrote says more than that it is gone. */
    private MinionsException explained(LaunchedProcess process, MinionsException failure) {
        if (failure.code() != ErrorCode.HYPERVISOR_ERROR
                || process.awaitExit(DYING).isEmpty()) {
            return failure;
        }
        ProcessExit exit = process.awaitExit(LOG_LIMIT).orElseGet(ProcessExit.Unknown::new);
        process.awaitLogs(LOG_LIMIT);
        String said = String.join("; ", EventLog.of(files.log()).tail());
        return new MinionsException(
                ErrorCode.HYPERVISOR_ERROR,
                "start vm '" + machine.name() + "': cloud-hypervisor ended with " + exit
                        + (said.isEmpty() ? "" : ": " + said),
                failure);
    }

    /**
     * What a VMM keeps of a machine that it could not make, it would boot when it is asked to, without what was refused. So
     * that goes first, in case the process outlives the next step.
     */
    private void giveUp(LaunchedProcess process, Api api) {
        boolean interrupted = Thread.interrupted();
        try {
            if (process.isAlive()) {
                api.ask(Verb.DELETE, "", limits.rung());
            }
        } catch (MinionsException e) {
            process.kill(limits.start());
        } finally {
            process.kill(limits.start());
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
