package dev.minions.cli;

import dev.minions.ImageImport;
import dev.minions.ImageInfo;
import dev.minions.cli.Syntax.Operands;

/** {@code minions image import}. */
final class ImageImportCommand implements Verb {
    private static final String NAME = "--name";
    private static final String KERNEL = "--kernel";
    private static final String INITRD = "--initrd";
    private static final String CMDLINE = "--cmdline";

    @Override
    public Syntax syntax() {
        return Syntax.of("image import", "Make an image of a raw or qcow2 disk, which is only read")
                .with(
                        Option.value("NAME", "Name the image; this must be given", NAME),
                        Option.value("FILE", "Its kernel", KERNEL),
                        Option.value("FILE", "Its initramfs; only with --kernel", INITRD),
                        Option.value("TEXT", "Its kernel command line", CMDLINE))
                .with(Operands.one("DISK", "The disk"));
    }

    @Override
    public Effect effect() {
        return Effect.MAKES;
    }

    @Override
    public int run(Session session) {
        Given given = session.given();
        String name = given.value(NAME)
                .orElseThrow(() -> new UsageException("image import: --name must say what to call the image"));
        ImageImport source = ImageImport.of(
                name, SpecOptions.path("DISK", given.operands().get(0)).toAbsolutePath());
        if (given.has(KERNEL)) {
            source = source.kernel(
                    SpecOptions.path(KERNEL, given.value(KERNEL).orElseThrow()).toAbsolutePath());
        }
        if (given.has(INITRD)) {
            source = source.initrd(
                    SpecOptions.path(INITRD, given.value(INITRD).orElseThrow()).toAbsolutePath());
        }
        if (given.has(CMDLINE)) {
            source = source.kernelArguments(given.value(CMDLINE).orElseThrow());
        }
        ImageInfo image =
                session.minions().images().importDisk(source, session.screen().progress("import " + name));
        ShowImage.show(session, image, "imported " + name + ": " + ShowImage.outcome(image));
        return Exit.OK;
    }
}
