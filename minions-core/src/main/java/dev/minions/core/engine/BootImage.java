package dev.minions.core.engine;

import dev.minions.ByteSize;
import dev.minions.ImageRef;
import dev.minions.ProgressListener;
import dev.minions.spi.OperationRecord.Entry;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image as a VM boots it.
 *
 * @param digest {@code sha256:…}
 * @param disk its disk, raw
 * @param size the disk's size
 * @param kernel its kernel
 * @param initrd its initramfs
 * @param kernelArguments its kernel command line
 */
public record BootImage(
        ImageRef digest,
        Path disk,
        ByteSize size,
        Optional<Path> kernel,
        Optional<Path> initrd,
        String kernelArguments) {

    /** Where images come from. */
    public interface Library {
        /**
         * The image that is meant, built first if it is known how and not there.
         *
         * @param doing what it is wanted for, with which a refusal begins
         * @throws dev.minions.error.MinionsException {@code IMAGE_NOT_FOUND}, or what building it threw
         */
        BootImage resolve(String doing, ImageRef image, ProgressListener progress);

        /**
         * The image of that digest.
         *
         * @throws dev.minions.error.MinionsException {@code IMAGE_NOT_FOUND}
         */
        BootImage get(String digest);

        /** Does what the journal says of an image, for an engine that is dead. */
        void onHost(Entry entry);
    }
}
