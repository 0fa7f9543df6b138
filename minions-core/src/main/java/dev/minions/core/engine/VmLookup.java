package dev.minions.core.engine;

import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateView;
import dev.minions.spi.VmRecord;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the VM that is meant. */
final class VmLookup {
    /** A shorter tail fits others too easily. */
    static final int SHORTEST_TAIL = 6;

    private static final Pattern TAIL = Pattern.compile("[0-9a-f-]{" + SHORTEST_TAIL + ",36}");

    private final StateStore store;

    VmLookup(StateStore store) {
        this.store = store;
    }

    /** By id, in whatever project. */
    VmRecord require(VmId id) {
        return store.read(view -> require(view, id));
    }

    static VmRecord require(StateView view, VmId id) {
        return view.vm(id).orElseThrow(() -> notFound(id.toString()));
    }

    /**
     * The VM, for an operation that is to be opened on it: being busy is said before being in the wrong state.
     *
     * @throws MinionsException {@code VM_BUSY}, {@code VM_NOT_FOUND}
     */
    static VmRecord requireIdle(StateView view, VmId id) {
        VmRecord vm = require(view, id);
        view.openOperation(id).ifPresent(other -> {
            throw new MinionsException(
                    ErrorCode.VM_BUSY,
                    "vm '" + vm.name() + "': operation '" + other.kind() + "' (" + other.id() + ") is on it");
        });
        return vm;
    }

    /**
     * Makes sure that a VM is in a state that an operation can begin from.
     *
     * @throws MinionsException {@code WRONG_STATE}
     */
    static void requireState(String operation, VmRecord vm, VmState... wanted) {
        if (!List.of(wanted).contains(vm.state())) {
            String any = Stream.of(wanted).map(VmState::text).collect(Collectors.joining(" or "));
            boolean stop = vm.state().hasProcess();
            throw new MinionsException(
                    ErrorCode.WRONG_STATE,
                    operation + " vm '" + vm.name() + "': it is " + vm.state().text() + ", it must be " + any
                            + (stop ? "; stop it first" : ""));
        }
    }

    static MinionsException notFound(String what) {
        return new MinionsException(
                ErrorCode.VM_NOT_FOUND, "vm '" + what + "' does not exist; 'minions list' shows those that do");
    }

    /**
     * By name first, then by id, then by the tail of an id.
     *
     * @throws MinionsException {@code AMBIGUOUS_ID} naming the VMs that a tail fits
     */
    Optional<VmRecord> find(ProjectName project, String nameOrId) {
        return store.read(view -> byName(view, project, nameOrId).or(() -> byTail(view, project, nameOrId)));
    }

    private static Optional<VmRecord> byName(StateView view, ProjectName project, String text) {
        try {
            return view.vm(project, VmName.of(text));
        } catch (IllegalArgumentException notAName) {
            return Optional.empty(); // it may be an id, which no name can look like
        }
    }

    private static Optional<VmRecord> byTail(StateView view, ProjectName project, String text) {
        String tail = text.toLowerCase(Locale.ROOT);
        if (!TAIL.matcher(tail).matches()) {
            return Optional.empty();
        }
        List<VmRecord> fitting = view.vms(Optional.of(project)).stream()
                .filter(vm -> vm.id().toString().endsWith(tail))
                .toList();
        if (fitting.size() > 1) {
            throw new MinionsException(
                    ErrorCode.AMBIGUOUS_ID,
                    "'" + text + "' fits the ids of "
                            + fitting.stream().map(vm -> "'" + vm.name() + "'").toList()
                            + "; type more of it, or the name");
        }
        return fitting.stream().findFirst();
    }
}
