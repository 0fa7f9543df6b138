package dev.minions.cli;

import dev.minions.Command;
import dev.minions.CreateOptions;
import dev.minions.EphemeralVm;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.cli.Syntax.Operands;
import dev.minions.error.MinionsException;

/** {@code minions run}. */
final class RunCommand implements Verb {
    private static final String NAME = "--name";

    @Override
    public Syntax syntax() {
        return Syntax.of("run", "Run a command in a new VM, with our input and output, and destroy the VM")
                .with(Option.value("NAME", "Name the VM; one is made up if not given", NAME))
                .with(SpecOptions.ALL)
                .with(GuestOptions.ALL)
                .with(Operands.andCommand("IMAGE", "The image to clone, for example debian"))
                .note(GuestOptions.CODES);
    }

    @Override
    public Effect effect() {
        return Effect.MAKES;
    }

    @Override
    public int run(Session session) {
        Given given = session.given();
        String image = given.operands().get(0);
        Command command = GuestOptions.command(given);
        VmSpec.Builder builder = SpecOptions.builder(given, image);
        given.value(NAME).ifPresent(name -> builder.name(VmName.of(name)));
        builder.build(); // says what is wrong before anything is opened
        CreateOptions options = session.with(SpecOptions.create(given), "run " + image);
        SpecOptions.addSources(session, builder);
        EphemeralVm vm = session.minions().launch(builder.build(), options);
        try (Destruction ephemeral = new Destruction(vm)) {
            session.screen().clearProgress();
            return GuestRun.of(session).run(ephemeral.vm(), command);
        }
    }

    /** The end of the VM, which an interrupt that ended the command must not disturb. */
    private record Destruction(EphemeralVm vm) implements AutoCloseable {
        @Override
        public void close() {
            boolean interrupted = Thread.interrupted();
            vm.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public int exitCode(MinionsException failure) {
        return Exit.ofGuestCommand(failure);
    }

    @Override
    public int exitCodeOfFault() {
        return Exit.OURS;
    }
}
