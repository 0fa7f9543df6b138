package dev.minions;

import java.util.List;

/**
 * The images of this host: disks that VMs are cloned from, with the kernels they boot. Stored by the digest of their
 * content and never changed; a name may come to mean another image. Any thread; calls block.
 */
public interface Images {
    /** All images, by name. */
    List<ImageInfo> list();

    /**
     * The image that is meant.
     *
     * @throws dev.minions.error.MinionsException {@code IMAGE_NOT_FOUND}, naming what there is and what can be built
     */
    ImageInfo get(ImageRef image);

    /**
     * Builds an image and gives it its name. What was built before from the same recipe is not built again. An
     * interrupted build leaves nothing that counts as an image; running it again goes on with what was fetched. Two
     * builds of one image at once, in any processes, become one.
     */
    ImageInfo build(ImageBuild build, ProgressListener progress);

    /**
     * Copies a disk in and gives it a name. The source is only read.
     *
     * @throws dev.minions.error.MinionsException {@code IMAGE_ERROR} if it refers to other files or is damaged
     */
    ImageInfo importDisk(ImageImport source, ProgressListener progress);

    /**
     * Removes an image with all its names.
     *
     * @throws dev.minions.error.MinionsException {@code IMAGE_IN_USE}, naming the VMs that stand on it
     */
    void remove(ImageRef image);
}
