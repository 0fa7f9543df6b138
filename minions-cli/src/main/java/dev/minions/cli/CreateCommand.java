package dev.minions.cli;

import dev.minions.CreateOptions;
import dev.minions.SshPublicKey;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.VmJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code minions create}. */
final class CreateCommand implements Verb {
    private static final String NO_SSH_KEY = "--no-ssh-key";
    private static final String STOPPED = "--stopped";
    private static final String IDEMPOTENCY_KEY = "--idempotency-key";
    private static final String DEFAULT_IMAGE = "debian";

    @Override
    public Syntax syntax() {
        return Syntax.of("create", "Create VMs, start them, and wait until their agents answer")
                .with(Option.value("IMAGE", "The image to clone; debian if not given", SpecOptions.IMAGE, "--os"))
                .with(SpecOptions.ALL)
                .with(
                        Option.flag("Let nobody log in over SSH, the caller neither", NO_SSH_KEY),
                        Option.flag("Only create; do not start", STOPPED),
                        Option.flag("Leave a VM that does not come up, as 'failed', for inspection", SpecOptions.KEEP),
                        Option.value(
                                "KEY", "The same key and options again give the VM that is there", IDEMPOTENCY_KEY))
                .with(new Operands(
                        "NAME",
                        "1 to 63 lower-case letters, digits and hyphens; one is made up if none is given",
                        0,
                        Integer.MAX_VALUE,
                        null))
                .note("", "The caller's own SSH public key is let in, also under sudo, unless other keys are given.");
    }

    @Override
    public Effect effect() {
        return Effect.MAKES;
    }

    @Override
    public int run(Session session) {
        Given given = session.given();
        VmSpec.Builder common =
                SpecOptions.builder(given, given.value(SpecOptions.IMAGE).orElse(DEFAULT_IMAGE));
        for (String text : given.all(SpecOptions.ENV)) {
            Map.Entry<String, String> variable = Values.pair(SpecOptions.ENV, text);
            common.environment(variable.getKey(), variable.getValue());
        }
        given.value(IDEMPOTENCY_KEY).ifPresent(common::idempotencyKey);
        requireOneName(given);
        List<VmName> names = given.operands().stream().map(VmName::of).toList();
        VmSpec spec = common.build();
        boolean closed = !letIn(session, common);
        SpecOptions.addSources(session, common);
        if (names.isEmpty()) {
            create(session, common.build(), spec.image().value());
            warn(session, closed);
            return Exit.OK;
        }
        List<String> made = new ArrayList<>();
        int code = Names.each(session, name -> {
            create(session, common.name(VmName.of(name)).build(), name);
            made.add(name);
        });
        warn(session, closed && !made.isEmpty());
        return code;
    }

    private static void requireOneName(Given given) {
        if (given.operands().size() > 1 && given.has(IDEMPOTENCY_KEY)) {
            throw new UsageException(IDEMPOTENCY_KEY + " stands for one VM; got "
                    + given.operands().size() + " names");
        }
    }

    /** Adds the caller's own key where it is wanted; false if it is and there is none. */
    private static boolean letIn(Session session, VmSpec.Builder builder) {
        if (session.given().has(NO_SSH_KEY)) {
            if (SpecOptions.hasKey(session.given())) {
                throw new UsageException("--ssh-key and --no-ssh-key cannot both be meant");
            }
            return true;
        }
        if (SpecOptions.hasKey(session.given())) {
            return true;
        }
        List<SshPublicKey> keys = SshKeys.ofCaller(session.surroundings());
        keys.forEach(builder::sshKey);
        return !keys.isEmpty();
    }

    /** Only of a VM that was made: before a refusal it would be taken for the reason. */
    private static void warn(Session session, boolean closed) {
        if (closed && !session.quiet()) {
            session.screen()
                    .say("no SSH public key in " + SshKeys.places(session.surroundings())
                            + ", so nobody can log in over SSH; 'minions exec' works");
        }
    }

    private static void create(Session session, VmSpec spec, String what) {
        CreateOptions options = session.with(SpecOptions.create(session.given()), "create " + what);
        if (session.given().has(STOPPED)) {
            options = options.stopped();
        }
        if (session.given().has(SpecOptions.KEEP)) {
            options = options.keepOnFailure();
        }
        Vm vm = session.minions().create(spec, options);
        VmInfo info = vm.info();
        session.show(info, VmJson::of, "created " + info.name() + ": " + Show.outcome(info));
    }
}
