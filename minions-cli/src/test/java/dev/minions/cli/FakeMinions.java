package dev.minions.cli;

import dev.minions.CopyOptions;
import dev.minions.CreateOptions;
import dev.minions.EphemeralVm;
import dev.minions.HostReport;
import dev.minions.Images;
import dev.minions.Minions;
import dev.minions.OperationId;
import dev.minions.ProjectName;
import dev.minions.Vm;
import dev.minions.VmId;
import dev.minions.VmInfo;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.LeftoverException;
import dev.minions.error.MinionsException;
import dev.minions.event.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A home of VMs without any VM, for tests of the command line. What its images do: {@code debian} comes up,
 * {@code broken} does not and leaves something behind, {@code slow} takes until the caller is interrupted and undoes at
 * once, {@code stubborn} undoes when it is released, {@code buggy} throws what it should not.
 */
final class FakeMinions implements Minions {
    static final Instant NOW = Instant.parse("2026-02-03T04:05:06Z");
    static final OperationId OPERATION = OperationId.of("0198aaaa-bbbb-7ccc-8ddd-000000000001");
    static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    private final Shared shared;
    private final ProjectName project;

    /** What all views of one home share. */
    private static final class Shared {
        final Map<VmId, FakeVm> vms = new ConcurrentHashMap<>();
        final List<VmId> order = new CopyOnWriteArrayList<>();
        final List<String> notes = new CopyOnWriteArrayList<>();
        final FakeImages images = new FakeImages();
        final Consumer<String> journal;
        final Runnable release;
        volatile boolean closed;

        Shared(Consumer<String> journal, Runnable release) {
            this.journal = journal;
            this.release = release;
        }
    }

    private FakeMinions(Shared shared, ProjectName project) {
        this.shared = shared;
        this.project = project;
    }

    FakeMinions() {
        this(line -> {}, () -> {});
    }

    /**
     * One that tells what it does.
     *
     * @param journal gets a line for each thing that was done or undone
     * @param release returns when a stubborn undo may end
     */
    FakeMinions(Consumer<String> journal, Runnable release) {
        this(new Shared(journal, release), ProjectName.DEFAULT);
    }

    boolean isClosed() {
        return shared.closed;
    }

    int size() {
        return shared.vms.size();
    }

    void note(String line) {
        shared.notes.add(line);
        shared.journal.accept(line);
    }

    List<String> notes() {
        return shared.notes;
    }

    FakeVm vm(String name) {
        return (FakeVm) get(name);
    }

    @Override
    public Vm create(VmSpec spec, CreateOptions options) {
        return make(spec, options);
    }

    @Override
    public EphemeralVm launch(VmSpec spec, CreateOptions options) {
        return make(spec, options);
    }

    private FakeVm make(VmSpec spec, CreateOptions options) {
        VmName name = spec.name().orElse(VmName.of("brave-otter"));
        if (find(name.value()).isPresent()) {
            throw failure(
                    ErrorCode.VM_EXISTS,
                    "create vm '" + name + "': another vm of project '" + project + "' has the name");
        }
        options.progress().step("cloning disk");
        switch (spec.image().value()) {
            case "debian" -> {}
            case "broken" -> throw broken(name);
            case "slow", "stubborn" -> throw interrupted(name, spec.image().value());
            case "buggy" -> throw new IllegalStateException("bug");
            default ->
                throw failure(
                        ErrorCode.IMAGE_NOT_FOUND,
                        "image '" + spec.image() + "' is not here and cannot be built; there is debian");
        }
        options.progress().step("booting");
        int number = shared.order.size() + 1;
        FakeVm vm = new FakeVm(this, VmId.of("0198aaaa-bbbb-7ccc-8ddd-%012d".formatted(number)), name, spec, number);
        if (options.isStopped()) {
            vm.state(VmState.STOPPED);
        }
        shared.vms.put(vm.id(), vm);
        shared.order.add(vm.id());
        note("created " + name);
        return vm;
    }

    private static MinionsException broken(VmName name) {
        MinionsException failure = failure(
                ErrorCode.BOOT_TIMEOUT,
                "create vm '" + name
                        + "': no answer from its agent in 300 s; the console ends in:\n  Kernel \u001b[31mpanic");
        failure.addSuppressed(new LeftoverException("volume 'root'", new IllegalStateException("busy")));
        return failure;
    }

    private MinionsException interrupted(VmName name, String image) {
        note("creating " + name);
        Object never = new Object();
        try {
            synchronized (never) {
                while (!Thread.currentThread().isInterrupted()) {
                    never.wait();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        note("undoing " + name);
        if (image.equals("stubborn")) {
            shared.release.run();
        }
        note("undone " + name);
        return failure(ErrorCode.CALL_INTERRUPTED, "create vm '" + name + "': interrupted at 'cloning disk'; undone");
    }

    static MinionsException failure(ErrorCode code, String message) {
        return new MinionsException(code, message).during(OPERATION);
    }

    void remove(FakeVm vm) {
        if (shared.vms.remove(vm.id()) != null) {
            shared.order.remove(vm.id());
            note("destroyed " + vm.name());
        }
    }

    ProjectName project() {
        return project;
    }

    @Override
    public Vm copy(String nameOrId, CopyOptions options) {
        VmSpec.Builder spec = vm(nameOrId).spec().toBuilder();
        options.name().ifPresent(spec::name);
        return make(spec.build(), CreateOptions.defaults().stopped());
    }

    @Override
    public Optional<Vm> find(String nameOrId) {
        return shared.vms.values().stream()
                .filter(vm -> vm.info().project().equals(project))
                .filter(vm ->
                        vm.name().value().equals(nameOrId) || vm.id().toString().endsWith(nameOrId))
                .map(Vm.class::cast)
                .findFirst();
    }

    @Override
    public Vm get(String nameOrId) {
        return find(nameOrId)
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.VM_NOT_FOUND, "vm '" + nameOrId + "': not in project '" + project + "'"));
    }

    @Override
    public List<VmInfo> list() {
        List<VmInfo> all = new ArrayList<>();
        for (VmId id : shared.order) {
            FakeVm vm = shared.vms.get(id);
            if (vm != null && vm.info().project().equals(project)) {
                all.add(vm.info());
            }
        }
        return all;
    }

    @Override
    public List<Vm> interrupted() {
        return shared.order.stream()
                .map(shared.vms::get)
                .filter(vm -> vm.info().state() == VmState.FAILED)
                .map(Vm.class::cast)
                .toList();
    }

    @Override
    public Images images() {
        return shared.images;
    }

    @Override
    public List<Event> events(long cursor, int limit) {
        return List.of();
    }

    @Override
    public Minions project(ProjectName other) {
        return new FakeMinions(shared, other);
    }

    @Override
    public HostReport diagnose() {
        return new HostReport(
                List.of(new HostReport.Choice("hypervisor", "qemu", "QEMU 7.2", "KVM is not usable here")),
                List.of(
                        HostReport.Finding.warning("kvm", "/dev/kvm is missing", "run on a host with KVM"),
                        HostReport.Finding.ok("qemu", "/usr/bin/qemu-system-x86_64, 7.2.15")));
    }

    @Override
    public void close() {
        shared.closed = true;
        note("closed" + (Thread.currentThread().isInterrupted() ? " while interrupted" : ""));
    }
}
