package dev.minions.spi;

import dev.minions.HostReport;
import dev.minions.ImageBuild;
import dev.minions.ProgressListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Knows how to make bootable images, for example of one distribution. Passes {@code ImageSourceContract}. */
public interface ImageSource {
    /** The images it can build, by the name users write: {@code debian}. */
    Set<String> names();

    /** Looks whether it can build on this host. Changes nothing. */
    List<HostReport.Finding> probe();

    /**
     * A text that is the same if and only if {@link #build} would be given the same recipe, agent included. What was
     * built from it before is not built again.
     */
    String fingerprint(ImageBuild build);

    /**
     * Builds an image into an empty directory of the engine's, which removes it afterwards. Network faults that pass
     * are tried again. Interruption ends the programs it started.
     *
     * @param build what to build; {@link #names} has its image
     * @param workDirectory an empty directory with room for the image
     * @param cacheDirectory a directory that lasts, for what was fetched; may be emptied by anybody at any time
     * @param progress hears of it
     * @return files below the work directory, whole and closed
     * @throws dev.minions.error.MinionsException {@code IMAGE_ERROR} with the last lines of the program that refused,
     *     {@code PROGRAM_MISSING} with what to install
     */
    Parts build(ImageBuild build, Path workDirectory, Path cacheDirectory, ProgressListener progress);

    /**
     * What a build gives.
     *
     * @param disk a raw disk
     * @param kernel its kernel
     * @param initrd its initramfs
     * @param kernelArguments its kernel command line
     * @param os what is in it, for example {@code debian 12}
     * @param architecture for example {@code x86_64}
     * @param agentVersion the agent's version, if one is in it
     * @param packages names and versions of what was asked for beyond the base
     */
    record Parts(
            Path disk,
            Optional<Path> kernel,
            Optional<Path> initrd,
            String kernelArguments,
            String os,
            String architecture,
            Optional<String> agentVersion,
            Map<String, String> packages) {
        /** Copies the map. */
        public Parts {
            packages = Map.copyOf(packages);
        }
    }
}
