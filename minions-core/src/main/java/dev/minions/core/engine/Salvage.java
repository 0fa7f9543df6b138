package dev.minions.core.engine;

import dev.minions.VmId;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.SnapshotRecord;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.VmRecord;
import dev.minions.spi.process.LaunchedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The VMs whose directories lie in a data directory, to be entered into a store that does not know them. What cannot be
 * entered is left as it is and named: nothing that may hold data is ever removed because a store does not know it.
 *
 * <p>To be used while no engine is alive, for one thread.
 */
public final class Salvage {
    private final List<VmRecord> found = new ArrayList<>();
    private final Map<VmId, List<SnapshotRecord>> snapshots = new HashMap<>();
    private final List<VmRecord> entered = new ArrayList<>();
    private final List<Leftover> left = new ArrayList<>();
    private final DataDirectory directory;

    /**
     * A directory that was left as it is.
     *
     * @param directory where it is
     * @param reason why, and what to do
     */
    public record Leftover(Path directory, String reason) {}

    private Salvage(DataDirectory directory) {
        this.directory = directory;
    }

    /**
     * Looks into every VM's directory.
     *
     * @param parser makes a VM of its manifest, or throws {@link IllegalArgumentException}
     * @param snapshotParser makes the VM's snapshots of it, likewise
     */
    public static Salvage look(
            DataDirectory directory,
            Function<byte[], VmRecord> parser,
            Function<byte[], List<SnapshotRecord>> snapshotParser) {
        Salvage salvage = new Salvage(directory);
        for (Path vm : list(directory.vms())) {
            salvage.look(vm, parser, snapshotParser);
        }
        salvage.found.sort(Comparator.comparing(VmRecord::createdAt));
        return salvage;
    }

    private void look(
            Path vm, Function<byte[], VmRecord> parser, Function<byte[], List<SnapshotRecord>> snapshotParser) {
        Optional<byte[]> manifest = Manifest.read(vm);
        if (Manifest.isBuried(vm)) {
            leave(vm, "its VM was being destroyed; remove the directory");
        } else if (manifest.isEmpty()) {
            leave(vm, "it has no manifest, as the VM was never finished; remove it if you miss no VM");
        } else {
            try {
                VmRecord record = parser.apply(manifest.get());
                if (record.id().toString().equals(String.valueOf(vm.getFileName()))) {
                    snapshots.put(record.id(), snapshotParser.apply(manifest.get()));
                    found.add(asItRuns(vm, record));
                } else {
                    leave(vm, "its manifest is that of vm " + record.id() + ", so it is a copy");
                }
            } catch (IllegalArgumentException e) {
                leave(vm, "its manifest cannot be read: " + e.getMessage());
            }
        }
    }

    /** Whatever of it runs, it was meant to run; readers then see whether its VMM is there. */
    private static VmRecord asItRuns(Path vm, VmRecord record) {
        return processes(vm).anyMatch(LaunchedProcess::isAlive)
                ? record.in(VmState.RUNNING, VmState.RUNNING, Optional.empty(), Optional.empty())
                : record;
    }

    /** Every process that was started for the VM of that directory, running or not. */
    static Stream<LaunchedProcess> processes(Path vm) {
        return list(vm).stream()
                .filter(Files::isDirectory)
                .flatMap(directory -> LaunchedProcess.find(directory).stream());
    }

    /** Takes away what a copied data directory says of processes, which are those of the directory it was copied from. */
    public static void disown(Path vms) {
        list(vms).stream().flatMap(Salvage::processes).forEach(process -> LaunchedProcess.forget(process.directory()));
    }

    /**
     * Makes sure that no VM runs.
     *
     * @throws MinionsException {@code WRONG_STATE} naming one that does
     */
    public static void requireNothingRuns(Path vms) {
        list(vms).stream()
                .flatMap(Salvage::processes)
                .filter(LaunchedProcess::isAlive)
                .findFirst()
                .ifPresent(running -> {
                    throw new MinionsException(
                            ErrorCode.WRONG_STATE,
                            "adopt '" + vms.resolveSibling("") + "': process "
                                    + running.identity().pid() + " of '" + running.directory()
                                    + "' still runs, with files of the path that the directory had; move it back, stop"
                                    + " its VMs, and try again");
                });
    }

    private static List<Path> list(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "look into '" + directory + "': " + e.getMessage(), e);
        }
    }

    /**
     * Enters the VMs that the store does not know. An ephemeral VM has lost its engine, so it is entered as that of a
     * dead one, and goes with the next change.
     *
     * @param deadEngine an engine's name that no engine bears
     */
    public void enter(StateTransaction transaction, String deadEngine) {
        left.removeIf(leftover -> isKnown(transaction, leftover.directory()));
        for (VmRecord vm : found) {
            if (transaction.vm(vm.id()).isPresent()) {
                continue;
            }
            boolean ephemeral = vm.lifetime() == Lifetime.EPHEMERAL;
            if (ephemeral) {
                transaction.addInstance(deadEngine);
            }
            enter(transaction, ephemeral ? vm.ownedBy(deadEngine) : vm);
        }
    }

    private static boolean isKnown(StateTransaction transaction, Path directory) {
        try {
            return transaction
                    .vm(VmId.of(String.valueOf(directory.getFileName())))
                    .isPresent();
        } catch (IllegalArgumentException noId) {
            return false;
        }
    }

    private void enter(StateTransaction transaction, VmRecord vm) {
        Path records = directory.place(vm.id(), vm.cid()).records();
        Optional<VmRecord> rival = transaction.vms(Optional.empty()).stream()
                .filter(other -> other.cid() == vm.cid()
                        || (vm.address().isPresent()
                                && other.network().equals(vm.network())
                                && other.address().equals(vm.address())))
                .findFirst();
        if (rival.isPresent()) {
            leave(records, "vm '" + rival.get().name() + "' has its numbers; destroy that one first");
            return;
        }
        try {
            transaction.addVm(vm);
            snapshots.getOrDefault(vm.id(), List.of()).forEach(transaction::addSnapshot);
            entered.add(vm);
        } catch (MinionsException e) {
            if (transaction.vm(vm.id()).isPresent()) {
                transaction.removeVm(vm.id());
            }
            leave(records, e.getMessage());
        }
    }

    private void leave(Path vm, String reason) {
        left.add(new Leftover(vm, reason));
    }

    /** The VMs that were entered, in the order in which they were created. */
    public List<VmRecord> entered() {
        return List.copyOf(entered);
    }

    /** What was left as it is. */
    public List<Leftover> left() {
        return List.copyOf(left);
    }
}
