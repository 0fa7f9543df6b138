package dev.minions.core.image;

import dev.minions.ByteSize;
import dev.minions.ImageImport;
import dev.minions.ImageRef;
import dev.minions.OperationId;
import dev.minions.Progress;
import dev.minions.ProgressListener;
import dev.minions.spi.ImageRecord;
import dev.minions.spi.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** An image in the making: a directory that becomes one by a rename, or is removed when it is closed. */
final class Staging implements AutoCloseable {
    private static final String DEFAULT_ARGUMENTS = "root=/dev/vda rw console=ttyS0";

    private final ImageFiles files;
    private final OperationId operation;
    private final Path parts;
    private final Path work;

    private Staging(ImageFiles files, OperationId operation, Path parts, Path work) {
        this.files = files;
        this.operation = operation;
        this.parts = parts;
        this.work = work;
    }

    /** Makes the directory of an operation, with an empty place for the parts and one for the work. */
    static Staging begin(ImageFiles files, OperationId operation) throws IOException {
        Path top = files.begin(operation);
        return new Staging(
                files,
                operation,
                Files.createDirectory(top.resolve("parts")),
                Files.createDirectory(top.resolve("work")));
    }

    /**
     * What is said of an image beside its parts.
     *
     * @param name the name it gets
     * @param fingerprint the recipe
     * @param os what is in it
     * @param architecture for example {@code x86_64}
     * @param kernelArguments its kernel command line
     * @param agentVersion the agent's version
     * @param packages what was asked for beyond the base
     */
    record Description(
            String name,
            Optional<String> fingerprint,
            String os,
            String architecture,
            String kernelArguments,
            Optional<String> agentVersion,
            Map<String, String> packages) {

        /** Of a disk of somebody's. */
        static Description imported(ImageImport source) {
            String arguments = source.kernelArguments().orElse(source.kernel().isPresent() ? DEFAULT_ARGUMENTS : "");
            return new Description(
                    source.name(),
                    Optional.empty(),
                    "unknown",
                    System.getProperty("os.arch", "").replace("amd64", "x86_64"),
                    arguments,
                    Optional.empty(),
                    Map.of());
        }
    }

    /** Where a source works. */
    Path work() {
        return work;
    }

    /** Takes what a source has made. */
    void take(ImageSource.Parts made) throws IOException {
        move(made.disk(), ImageFiles.DISK);
        if (made.kernel().isPresent()) {
            move(made.kernel().get(), ImageFiles.KERNEL);
        }
        if (made.initrd().isPresent()) {
            move(made.initrd().get(), ImageFiles.INITRD);
        }
    }

    private void move(Path file, String name) throws IOException {
        Files.move(file, parts.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Copies what somebody has. */
    void copy(ImageImport source, ProgressListener progress) throws IOException {
        DiskImport.copy(source.disk(), parts.resolve(ImageFiles.DISK), progress);
        if (source.kernel().isPresent()) {
            Files.copy(source.kernel().get(), parts.resolve(ImageFiles.KERNEL));
        }
        if (source.initrd().isPresent()) {
            Files.copy(source.initrd().get(), parts.resolve(ImageFiles.INITRD));
        }
    }

    /** Reads all parts and says what they are. */
    ImageManifest describe(Description description, ProgressListener progress) throws IOException {
        String doing = "computing the digest";
        progress.step(doing);
        DiskDigest.Content disk;
        try {
            disk = DiskDigest.of(parts.resolve(ImageFiles.DISK), part -> progress.onProgress(Progress.of(doing, part)));
        } catch (InterruptedException e) {
            throw Failures.interrupted(doing, e);
        }
        Map<String, String> sums = new TreeMap<>(Map.of(ImageFiles.DISK, disk.digest()));
        for (String name : List.of(ImageFiles.KERNEL, ImageFiles.INITRD)) {
            if (Files.exists(parts.resolve(name))) {
                sums.put(name, FileDigest.of(parts.resolve(name)));
            }
        }
        ImageRecord image = new ImageRecord(
                ImageManifest.digest(description.architecture(), description.kernelArguments(), sums),
                Set.of(description.name()),
                description.fingerprint(),
                description.os(),
                description.architecture(),
                ByteSize.bytes(disk.size()),
                description.kernelArguments(),
                sums.containsKey(ImageFiles.KERNEL),
                sums.containsKey(ImageFiles.INITRD),
                description.agentVersion(),
                description.packages(),
                Instant.now().truncatedTo(ChronoUnit.MILLIS));
        return new ImageManifest(image, ByteSize.bytes(disk.data()), sums);
    }

    /** Makes it an image, durably. */
    void publish(ImageManifest manifest, ProgressListener progress) {
        progress.step("storing the image");
        ImageRef digest = manifest.image().digest();
        try {
            files.publish(parts, manifest, digest);
        } catch (IOException e) {
            throw Failures.io("store image " + digest, e);
        }
    }

    /** The image of that digest, if it is known. */
    static Optional<ImageRecord> of(ImageRef digest, Collection<ImageRecord> present) {
        return present.stream().filter(record -> record.digest().equals(digest)).findFirst();
    }

    /** An image that may be known already, with the names that it has and the one that it gets. */
    static ImageRecord merged(ImageRecord image, Collection<ImageRecord> present) {
        Set<String> names = new TreeSet<>(image.names());
        Optional<ImageRecord> known = of(image.digest(), present);
        known.ifPresent(record -> names.addAll(record.names()));
        boolean imported = image.fingerprint().isEmpty(); // of which less is known
        return withNames(imported ? known.orElse(image) : image, names);
    }

    /** An image with one more name. */
    static ImageRecord named(ImageRecord image, String name) {
        Set<String> names = new TreeSet<>(image.names());
        names.add(name);
        return withNames(image, names);
    }

    /** An image without the names that others bear. */
    static ImageRecord adopted(ImageRecord image, Collection<ImageRecord> present) {
        Set<String> taken =
                present.stream().flatMap(record -> record.names().stream()).collect(Collectors.toSet());
        Set<String> names = new TreeSet<>(image.names());
        names.removeAll(taken);
        return withNames(image, names);
    }

    private static ImageRecord withNames(ImageRecord image, Set<String> names) {
        return new ImageRecord(
                image.digest(),
                names,
                image.fingerprint(),
                image.os(),
                image.architecture(),
                image.size(),
                image.kernelArguments(),
                image.hasKernel(),
                image.hasInitrd(),
                image.agentVersion(),
                image.packages(),
                image.createdAt());
    }

    @Override
    public void close() throws IOException {
        files.discard(ImageFiles.unfinished(operation));
    }
}
