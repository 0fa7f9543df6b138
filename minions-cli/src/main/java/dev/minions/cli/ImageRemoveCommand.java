package dev.minions.cli;

import dev.minions.ImageInfo;
import dev.minions.ImageRef;
import dev.minions.Images;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.RemovedImageJson;

/** {@code minions image remove}. */
final class ImageRemoveCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("image remove", "Remove images that no VM stands on, with all their names")
                .with(Operands.some("IMAGE", "Name, or sha256: and 64 digits"));
    }

    @Override
    public Effect effect() {
        return Effect.CHANGES;
    }

    @Override
    public int run(Session session) {
        Images images = session.minions().images();
        return Names.each(session, name -> {
            ImageRef reference = ImageRef.of(name);
            ImageInfo before = images.get(reference);
            images.remove(reference);
            if (session.json()) {
                session.screen().json(RemovedImageJson.of(before));
            } else {
                String names = ShowImage.names(before);
                session.screen().line(session.quiet() ? names : "removed " + names);
            }
        });
    }
}
