package dev.minions.cli;

import dev.minions.ByteSize;
import dev.minions.ImageBuild;
import dev.minions.ImageInfo;
import dev.minions.cli.Syntax.Operands;
import java.util.regex.Pattern;

/** {@code minions image build}. */
final class ImageBuildCommand implements Verb {
    private static final Pattern SEPARATOR = Pattern.compile("[,\\s]+");
    private static final String INCLUDE = "--include";
    private static final String SIZE = "--size";
    private static final String NAME = "--name";

    @Override
    public Syntax syntax() {
        return Syntax.of("image build", "Build an image, unless it was built from the same recipe before")
                .with(
                        Option.value("PKG,...", "Add packages of the distribution", INCLUDE)
                                .repeated(),
                        Option.value("SIZE", "Size of the disk; a bare number is GB; 2GiB if not given", SIZE),
                        Option.value("NAME", "Name the image; its own name if not given", NAME))
                .with(Operands.one("IMAGE", "What to build: debian"))
                .note("", "An interrupted build goes on with what was fetched when it is run again.");
    }

    @Override
    public Effect effect() {
        return Effect.MAKES;
    }

    @Override
    public int run(Session session) {
        Given given = session.given();
        ImageBuild build = ImageBuild.of(given.operands().get(0));
        for (String list : given.all(INCLUDE)) {
            for (String name : SEPARATOR.split(list, -1)) {
                build = name.isEmpty() ? build : build.including(name);
            }
        }
        if (given.has(SIZE)) {
            build = build.sized(Values.size(SIZE, given.value(SIZE).orElseThrow(), ByteSize.Unit.GB));
        }
        if (given.has(NAME)) {
            build = build.named(given.value(NAME).orElseThrow());
        }
        ImageInfo image =
                session.minions().images().build(build, session.screen().progress("build " + build.name()));
        ShowImage.show(session, image, "built " + build.name() + ": " + ShowImage.outcome(image));
        return Exit.OK;
    }
}
