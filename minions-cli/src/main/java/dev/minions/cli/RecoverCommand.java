package dev.minions.cli;

import dev.minions.client.json.RecoveryJson;
import dev.minions.core.RecoveryReport;

/** {@code minions recover}. */
final class RecoverCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("recover", "Make known again the VMs and images that a lost database no longer knows")
                .note(
                        "",
                        "With no state.db in the data directory a new one is made from what lies there; a damaged one is",
                        "to be moved away first, with the state.db-wal and state.db-shm beside it. Nothing is removed:",
                        "what cannot be made known is named. VMs that run go on running.");
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        RecoveryReport report = session.engines().recover(session.settings());
        Screen screen = session.screen();
        if (session.json()) {
            screen.json(json(report));
            return Exit.OK;
        }
        report.vms().forEach(name -> screen.line(session.quiet() ? name.value() : "vm " + name + " is known again"));
        if (!session.quiet()) {
            report.images().forEach(image -> screen.line("image " + image + " is known again"));
            if (report.vms().isEmpty() && report.images().isEmpty()) {
                screen.line("there is no VM and no image that was not known");
            }
        }
        report.left().forEach(left -> screen.say("left " + left.directory() + ": " + left.reason()));
        return Exit.OK;
    }

    private static RecoveryJson json(RecoveryReport report) {
        return new RecoveryJson(
                report.vms().stream().map(Object::toString).toList(),
                report.images().stream().map(Object::toString).toList(),
                report.left().stream()
                        .map(left -> new RecoveryJson.Left(left.directory().toString(), left.reason()))
                        .toList());
    }
}
