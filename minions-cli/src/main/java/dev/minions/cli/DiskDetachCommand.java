package dev.minions.cli;

/** {@code minions disk detach}. */
final class DiskDetachCommand implements Verb {
    private static final String COMMAND = "disk detach";

    @Override
    public Syntax syntax() {
        return Syntax.of(COMMAND, "Take disks of the host from a VM; what they hold stays")
                .with(HostDisks.operands("NAME FILE", "The VM, then the files or devices"))
                .note("", "The guest of a VM that runs is waited for until it has let go: unmount them there first.");
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        return HostDisks.each(
                session,
                COMMAND,
                (vm, disk, options) -> vm.detach(SpecOptions.path("FILE", disk), options),
                (disk, name) -> "detached " + disk + " from " + name);
    }
}
