package dev.minions.cli;

/** {@code minions disk attach}. */
final class DiskAttachCommand implements Verb {
    private static final String COMMAND = "disk attach";

    @Override
    public Syntax syntax() {
        return Syntax.of(COMMAND, "Give a VM raw disks of the host, after those it has")
                .with(HostDisks.operands("NAME FILE[:ro]", "The VM, then files or devices; with :ro only to read"))
                .note("", "A VM that runs has them at once; its hypervisor must be able to do that.");
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
                (vm, disk, options) -> vm.attach(SpecOptions.attached(disk), options),
                (disk, name) -> "attached " + disk + " to " + name);
    }
}
