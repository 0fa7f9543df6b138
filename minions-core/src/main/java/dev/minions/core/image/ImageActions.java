package dev.minions.core.image;

import dev.minions.ImageRef;
import dev.minions.OperationId;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.OperationRecord.Entry;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** What the journal can say of images, and how it is done: idempotent, and by any engine of the data directory. */
final class ImageActions {
    private static final int VERSION = 1;
    private static final String DISCARD = "image.discard";
    private static final String REMOVE = "image.remove";
    private static final String DIRECTORY = "directory";
    private static final String DIGEST = "digest";

    private final ImageFiles files;

    ImageActions(ImageFiles files) {
        this.files = files;
    }

    /** Removes what an operation made and did not finish. */
    static Entry discard(OperationId operation) {
        return new Entry(Optional.empty(), DISCARD, VERSION, Map.of(DIRECTORY, ImageFiles.unfinished(operation)));
    }

    /** Removes an image that the store has forgotten. */
    static Entry remove(ImageRef digest, OperationId operation) {
        return new Entry(
                Optional.empty(),
                REMOVE,
                VERSION,
                Map.of(DIGEST, digest.value(), DIRECTORY, ImageFiles.unfinished(operation)));
    }

    /**
     * Does what an entry says.
     *
     * @throws MinionsException {@code NOT_SUPPORTED} if it is of a newer program; {@code IO_ERROR}
     */
    void onHost(Entry entry) {
        if (entry.version() > VERSION) {
            throw unknown(entry);
        }
        try {
            String directory = entry.arguments().getOrDefault(DIRECTORY, "");
            switch (entry.action()) {
                case DISCARD -> files.discard(directory);
                case REMOVE -> files.remove(ImageRef.of(entry.arguments().getOrDefault(DIGEST, "")), directory);
                default -> throw unknown(entry);
            }
        } catch (IOException e) {
            throw Failures.io("journal entry '" + entry.action() + "'", e);
        }
    }

    private static MinionsException unknown(Entry entry) {
        return new MinionsException(
                ErrorCode.NOT_SUPPORTED,
                "journal entry '" + entry.action() + "' of version " + entry.version()
                        + " is unknown to this program; recover it with a newer one");
    }
}
