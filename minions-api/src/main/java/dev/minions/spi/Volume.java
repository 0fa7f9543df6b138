package dev.minions.spi;

import dev.minions.ByteSize;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A disk of a VM.
 *
 * @param id its identity
 * @param path the file or device
 * @param format what lies in it
 * @param size its size as the guest sees it
 * @param base the raw file or device it is a copy-on-write layer on, which must stay as it is
 */
public record Volume(VolumeId id, Path path, DiskFormat format, ByteSize size, Optional<Path> base) {}
