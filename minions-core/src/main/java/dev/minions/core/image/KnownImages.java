package dev.minions.core.image;

import dev.minions.ImageRef;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.ImageRecord;
import dev.minions.spi.ImageSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The names of images: which can be built, which are kept for later, and what to say of the others. */
final class KnownImages {
    /** What other ways of making images will be called. Nobody else's image gets such a name, which would change then. */
    private static final Set<String> LATER = Set.of("ubuntu", "fedora", "nixos", "oci");

    private final List<ImageSource> sources;

    KnownImages(List<ImageSource> sources) {
        this.sources = List.copyOf(sources);
    }

    List<ImageSource> sources() {
        return sources;
    }

    /** Who can build an image of that name: the first that was given. */
    Optional<ImageSource> source(String name) {
        return sources.stream().filter(source -> source.names().contains(name)).findFirst();
    }

    /**
     * Refuses a name that belongs to an image which is built.
     *
     * @param doing what it was to be given to
     * @param name the name
     * @param own whose name it may be all the same
     */
    void requireFree(String doing, String name, Optional<String> own) {
        if (own.isPresent() && own.get().equals(name)) {
            return;
        }
        if (LATER.contains(name) || source(name).isPresent()) {
            throw new IllegalArgumentException(doing + ": the name '" + name
                    + "' is kept for the image that is built under it; choose another, for example my-" + name);
        }
    }

    MinionsException notFound(String doing, ImageRef image, Collection<ImageRecord> present) {
        Set<String> names = new TreeSet<>();
        present.forEach(record -> names.addAll(record.names()));
        Set<String> buildable = new TreeSet<>();
        sources.forEach(source -> buildable.addAll(source.names()));
        String fact = LATER.contains(image.value()) ? "is not available yet" : "is not known";
        return new MinionsException(
                ErrorCode.IMAGE_NOT_FOUND,
                doing + ": image '" + image + "' " + fact + "; there is " + list(names) + ", and " + list(buildable)
                        + " can be built; 'minions image import' makes an image of any disk");
    }

    private static String list(Set<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }
}
