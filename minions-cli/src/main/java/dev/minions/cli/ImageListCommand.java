package dev.minions.cli;

import dev.minions.ImageInfo;
import dev.minions.client.json.ImageJson;
import java.util.List;

/** {@code minions image list}. */
final class ImageListCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("image list", "List the images of this host");
    }

    @Override
    public int run(Session session) {
        List<ImageInfo> images = session.minions().images().list();
        if (session.json()) {
            session.screen().json(images.stream().map(ImageJson::of).toList());
        } else if (session.quiet()) {
            images.forEach(image -> session.screen().line(ShowImage.names(image)));
        } else {
            session.screen().print(table(images));
        }
        return Exit.OK;
    }

    private static String table(List<ImageInfo> images) {
        Table table = new Table("NAME", "OS", "ARCH", "SIZE", "STORED", "USED BY", "DIGEST");
        for (ImageInfo image : images) {
            table.row(
                    String.join(",", image.names().stream().sorted().toList()),
                    image.os(),
                    image.architecture(),
                    image.size().toString(),
                    image.stored().toString(),
                    image.usedBy().isEmpty()
                            ? ""
                            : image.usedBy().size() + (image.usedBy().size() == 1 ? " VM" : " VMs"),
                    ShowImage.shortDigest(image));
        }
        return table.text();
    }
}
