package dev.minions.cli;

import dev.minions.ImageInfo;
import dev.minions.client.json.ImageJson;

/** How images look to people. */
final class ShowImage {
    private static final int SHORT_DIGEST = "sha256:".length() + 12;

    private ShowImage() {}

    /** The names, or the digest where there is none. */
    static String names(ImageInfo image) {
        return image.names().isEmpty()
                ? image.digest().value()
                : String.join(",", image.names().stream().sorted().toList());
    }

    static String shortDigest(ImageInfo image) {
        return image.digest().value().substring(0, SHORT_DIGEST);
    }

    static String outcome(ImageInfo image) {
        return image.os() + ", " + image.architecture() + ", " + image.size() + " (" + image.stored() + " stored), "
                + shortDigest(image);
    }

    static void show(Session session, ImageInfo image, String line) {
        if (session.json()) {
            session.screen().json(ImageJson.of(image));
        } else {
            session.screen().line(Text.cleanLines(session.quiet() ? names(image) : line));
        }
    }
}
