package dev.minions.cli;

import dev.minions.ImageInfo;
import dev.minions.ImageRef;
import dev.minions.cli.Syntax.Operands;
import java.util.TreeMap;

/** {@code minions image inspect}. */
final class ImageInspectCommand implements Verb {
    private static final int KEY_WIDTH = 12;

    @Override
    public Syntax syntax() {
        return Syntax.of("image inspect", "Show everything about images")
                .with(Operands.some("IMAGE", "Name, or sha256: and 64 digits"));
    }

    @Override
    public int run(Session session) {
        return Names.each(session, name -> {
            ImageInfo image = session.minions().images().get(ImageRef.of(name));
            ShowImage.show(session, image, text(image).stripTrailing());
        });
    }

    private static String text(ImageInfo image) {
        StringBuilder text = new StringBuilder();
        image.names().stream().sorted().forEach(name -> add(text, "name", name));
        add(text, "digest", image.digest().value());
        add(text, "os", image.os());
        add(text, "arch", image.architecture());
        add(text, "size", image.size().toString());
        add(text, "stored", image.stored().toString());
        add(text, "created", image.createdAt().toString());
        add(text, "agent", image.agentVersion().orElse("-"));
        add(text, "cmdline", image.kernelArguments());
        new TreeMap<>(image.packages()).forEach((name, version) -> add(text, "package", name + " " + version));
        add(text, "disk", image.disk().toString());
        image.kernel().ifPresent(path -> add(text, "kernel", path.toString()));
        image.initrd().ifPresent(path -> add(text, "initrd", path.toString()));
        image.usedBy().stream().sorted().forEach(vm -> add(text, "used by", vm.value()));
        return text.toString();
    }

    private static void add(StringBuilder text, String key, String value) {
        text.append(key)
                .append(':')
                .append(" ".repeat(KEY_WIDTH - key.length()))
                .append(Text.clean(value))
                .append('\n');
    }
}
