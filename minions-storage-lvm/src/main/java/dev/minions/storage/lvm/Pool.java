package dev.minions.storage.lvm;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The thin pool on this host: what is in it, and whose it is. Remembers nothing but that it is ours. */
final class Pool {
    private final PoolName name;
    private final Names names;
    private final Lvm lvm;
    private final PoolGuard guard;
    private volatile boolean claimed;

    Pool(Names names, PoolLimits limits, Lvm lvm) {
        this.name = names.pool();
        this.names = names;
        this.lvm = lvm;
        this.guard = new PoolGuard(name, limits, Pool::status, () -> lvm.run("lvchange", "-ay", name.toString()));
    }

    private static String status() {
        return HostCommand.of("dmsetup", "status", "--target", "thin-pool")
                .hint(Lvm.HINT)
                .run()
                .stdout();
    }

    PoolName name() {
        return name;
    }

    Names names() {
        return names;
    }

    Lvm lvm() {
        return lvm;
    }

    PoolGuard guard() {
        return guard;
    }

    /** Every volume of this installation in it. */
    List<LogicalVolume> volumes() {
        return ours(
                lvm.run("lvs", LogicalVolume.reportOf("--select", "lv_tags=" + names.ownerTag(), name.volumeGroup())));
    }

    /** Those with that tag too. */
    List<LogicalVolume> volumes(String tag) {
        return ours(lvm.run("lvs", LogicalVolume.reportOf("--select", selection(tag), name.volumeGroup())));
    }

    /** Those of this installation and pool that a report tells of. */
    private List<LogicalVolume> ours(String report) {
        return LogicalVolume.parse(report).stream().filter(this::isOurs).toList();
    }

    private boolean isOurs(LogicalVolume volume) {
        return volume.pool().equals(name.pool()) && volume.tags().contains(names.ownerTag());
    }

    /**
     * Runs commands in one process of LVM that make a volume, or find that it is there.
     *
     * @return the volume as it is then, and what LVM complained about
     */
    Made make(String volume, List<List<String>> commands) {
        return makeAll(List.of(volume), commands).get(0);
    }

    /** The same of several volumes, in the order of their names. */
    List<Made> makeAll(List<String> volumes, List<List<String>> commands) {
        List<String> look = new ArrayList<>(List.of("lvs"));
        look.addAll(LogicalVolume.reportOf(volumes.stream().map(name::volume).toArray(String[]::new)));
        List<List<String>> all = new ArrayList<>(commands);
        all.add(look);
        Lvm.Said said = lvm.runAll(all);
        Map<String, LogicalVolume> made = ours(said.stdout()).stream()
                .collect(Collectors.toMap(LogicalVolume::name, Function.identity(), (one, same) -> one));
        return volumes.stream()
                .map(volume -> new Made(Optional.ofNullable(made.get(volume)), said.complaint()))
                .toList();
    }

    /** What came of making a volume. */
    record Made(Optional<LogicalVolume> volume, String complaint) {
        /**
         * The volume.
         *
         * @throws MinionsException with LVM's complaint if there is none
         */
        LogicalVolume orFail(String operation) {
            return volume.orElseThrow(
                    () -> new MinionsException(ErrorCode.COMMAND_FAILED, operation + ": LVM says: " + complaint));
        }
    }

    /** Removes every volume of this installation with one of those tags. That there is none is success. */
    void remove(String... tags) {
        String selection = Stream.of(tags).map(this::selection).collect(Collectors.joining(" || "));
        lvm.run("lvremove", "-qq", "--force", "--yes", "--select", selection, name.volumeGroup());
    }

    /** Removes some volumes; none is none. */
    void remove(List<LogicalVolume> some) {
        if (!some.isEmpty()) {
            List<String> arguments = new ArrayList<>(List.of("-qq", "--force", "--yes"));
            some.forEach(volume -> arguments.add(name.volume(volume.name())));
            lvm.run("lvremove", arguments);
        }
    }

    /** Gives a volume its device, whatever its group's rules for that are. */
    void activate(LogicalVolume volume) {
        lvm.run("lvchange", "--activate", "y", "--ignoreactivationskip", name.volume(volume.name()));
    }

    private String selection(String tag) {
        return "lv_tags={\"" + names.ownerTag() + "\" && \"" + tag + "\"}";
    }

    /**
     * Makes sure that the pool is there and this installation's, which is written on it. A pool that is nobody's becomes
     * ours; if two claim it in the same moment neither gets it, and both may try again.
     *
     * @throws MinionsException {@code NOT_SUPPORTED} if there is no such pool; {@code FOREIGN_INSTALLATION} if it is
     *     another's
     */
    void claim() {
        if (claimed) {
            return;
        }
        List<String> owners = owners();
        if (owners.isEmpty()) {
            lvm.run("lvchange", "--addtag", names.ownerTag(), name.toString());
            owners = owners();
            if (owners.size() > 1) {
                lvm.run("lvchange", "--deltag", names.ownerTag(), name.toString());
            }
        }
        if (!owners.equals(List.of(names.ownerTag()))) {
            throw new MinionsException(
                    ErrorCode.FOREIGN_INSTALLATION,
                    "use thin pool '" + name + "': it belongs to another installation, "
                            + String.join(", ", owners) + ", and this one is " + names.installation()
                            + "; make a pool of its own, or if the other is gone: lvchange --deltag " + owners.get(0)
                            + " " + name);
        }
        claimed = true;
    }

    /**
     * The tags of the pool that name an owner.
     *
     * @throws MinionsException {@code NOT_SUPPORTED} if there is no such pool
     */
    private List<String> owners() {
        return find(lvm, name)
                .orElseThrow(() -> new MinionsException(
                        ErrorCode.NOT_SUPPORTED,
                        "use thin pool '" + name + "': there is none; minions init --lvm-device DEVICE makes one"))
                .tags()
                .stream()
                .filter(tag -> tag.startsWith(Names.OWNER))
                .toList();
    }

    /** The pool itself, if it is there. */
    static Optional<LogicalVolume> find(Lvm lvm, PoolName name) {
        String selection = "vg_name=" + name.volumeGroup() + " && lv_name=" + name.pool() + " && lv_layout=pool";
        Predicate<LogicalVolume> named = volume -> volume.name().equals(name.pool());
        return LogicalVolume.parse(lvm.run("lvs", LogicalVolume.reportOf("--select", selection))).stream()
                .filter(named)
                .findFirst();
    }
}
