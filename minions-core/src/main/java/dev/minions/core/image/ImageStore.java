package dev.minions.core.image;

import dev.minions.ByteSize;
import dev.minions.HostReport.Finding;
import dev.minions.HostReport.Severity;
import dev.minions.ImageBuild;
import dev.minions.ImageImport;
import dev.minions.ImageInfo;
import dev.minions.ImageRef;
import dev.minions.Images;
import dev.minions.OperationId;
import dev.minions.ProgressListener;
import dev.minions.VmName;
import dev.minions.core.engine.BootImage;
import dev.minions.core.engine.Instances;
import dev.minions.core.image.ImageJournal.Ending;
import dev.minions.core.image.ImageJournal.Plan;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.ImageRecord;
import dev.minions.spi.ImageSource;
import dev.minions.spi.OperationRecord.Entry;
import dev.minions.spi.OperationRecord.Phase;
import dev.minions.spi.StateStore;
import dev.minions.spi.StateTransaction;
import dev.minions.spi.VmRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The images of a data directory, for any number of engines in any number of processes. What is true is the store's row;
 * the files are complete before there is one, and gone only after it.
 */
public final class ImageStore implements Images, BootImage.Library {
    /** Longer than a build may take, so that whoever waits for one sees its end. */
    private static final Duration BUILD_TURN = Duration.ofMinutes(45);

    private static final Duration TURN = Duration.ofMinutes(5);

    private final ImageFiles files;
    private final Path cache;
    private final StateStore store;
    private final KnownImages sources;
    private final ImageActions actions;
    private final ImageJournal journal;

    /**
     * Makes a view of a data directory's images.
     *
     * @param images the directory of images, which need not be there yet
     * @param cache a directory for what can be fetched again
     * @param store what is known
     * @param instances the engines of the data directory
     * @param sources who can build; of two that know a name the first is asked
     */
    public ImageStore(Path images, Path cache, StateStore store, Instances instances, List<ImageSource> sources) {
        this.files = new ImageFiles(images);
        this.cache = cache;
        this.store = store;
        this.sources = new KnownImages(sources);
        this.actions = new ImageActions(files);
        this.journal = new ImageJournal(store, instances, actions);
    }

    @Override
    public List<ImageInfo> list() {
        Known all = known();
        return all.images().stream()
                .sorted(Comparator.comparing(record -> String.join(",", new TreeSet<>(record.names()))))
                .map(record -> info(record, all.vms()))
                .toList();
    }

    @Override
    public ImageInfo get(ImageRef image) {
        return complete(require("inspect", image), image);
    }

    private ImageInfo complete(ImageRecord record, ImageRef image) {
        if (!files.complete(record.digest())) {
            throw new MinionsException(
                    ErrorCode.IMAGE_ERROR,
                    "image '" + image + "': its files in " + files.directory(record.digest())
                            + " are gone; remove it and make it again");
        }
        return info(record);
    }

    @Override
    public BootImage resolve(String doing, ImageRef image, ProgressListener progress) {
        Optional<ImageRecord> present = record(image).filter(record -> files.complete(record.digest()));
        if (present.isEmpty()
                && !image.isDigest()
                && sources.source(image.value()).isPresent()) {
            return bootable(build(ImageBuild.of(image.value()), progress));
        }
        return bootable(complete(require(doing, image), image));
    }

    @Override
    public BootImage get(String digest) {
        return bootable(get(ImageRef.of(digest)));
    }

    private static BootImage bootable(ImageInfo image) {
        return new BootImage(
                image.digest(), image.disk(), image.size(), image.kernel(), image.initrd(), image.kernelArguments());
    }

    @Override
    public ImageInfo build(ImageBuild build, ProgressListener progress) {
        String doing = "build image '" + build.image() + "'";
        ImageSource source = sources.source(build.image())
                .orElseThrow(() -> sources.notFound(doing, ImageRef.of(build.image()), known().images()));
        sources.requireFree(doing, build.name(), Optional.of(build.image()));
        String recipe = source.fingerprint(build);
        ImageRef digest = journal.run(
                new Plan("build " + build.name(), "recipe " + recipe, Phase.UNDO, BUILD_TURN),
                operation -> List.of(ImageActions.discard(operation)),
                transaction -> {},
                operation -> built(operation, build, source, recipe, progress),
                () -> alreadyBuilt(recipe, build.name()),
                progress);
        return get(digest);
    }

    private Optional<ImageRef> alreadyBuilt(String recipe, String name) {
        Optional<ImageRecord> present = known().images().stream()
                .filter(record -> record.fingerprint().equals(Optional.of(recipe)))
                .filter(record -> files.complete(record.digest()))
                .findFirst();
        if (present.isPresent() && !present.get().names().contains(name)) {
            ImageRef digest = present.get().digest();
            return store.write(transaction -> {
                Optional<ImageRecord> current = Staging.of(digest, transaction.images());
                current.ifPresent(record -> transaction.putImage(Staging.named(record, name)));
                return current.map(ImageRecord::digest);
            });
        }
        return present.map(ImageRecord::digest);
    }

    private Ending<ImageRef> built(
            OperationId operation, ImageBuild build, ImageSource source, String recipe, ProgressListener progress) {
        try (Staging staging = Staging.begin(files, operation)) {
            ImageSource.Parts parts = source.build(build, staging.work(), cache, progress);
            staging.take(parts);
            ImageManifest manifest = staging.describe(
                    new Staging.Description(
                            build.name(),
                            Optional.of(recipe),
                            parts.os(),
                            parts.architecture(),
                            parts.kernelArguments(),
                            parts.agentVersion(),
                            parts.packages()),
                    progress);
            return published(staging, manifest, progress);
        } catch (IOException e) {
            throw Failures.io("build image '" + build.image() + "'", e);
        }
    }

    @Override
    public ImageInfo importDisk(ImageImport source, ProgressListener progress) {
        String doing = "import image '" + source.name() + "'";
        sources.requireFree(doing, source.name(), Optional.empty());
        source.kernel().ifPresent(kernel -> DiskImport.requireFile("import kernel", kernel));
        source.initrd().ifPresent(initrd -> DiskImport.requireFile("import initramfs", initrd));
        ImageRef digest = journal.run(
                new Plan("import " + source.name(), "import " + OperationId.random(), Phase.UNDO, TURN),
                operation -> List.of(ImageActions.discard(operation)),
                transaction -> {},
                operation -> imported(operation, source, progress),
                Optional::empty,
                progress);
        return get(digest);
    }

    private Ending<ImageRef> imported(OperationId operation, ImageImport source, ProgressListener progress) {
        try (Staging staging = Staging.begin(files, operation)) {
            staging.copy(source, progress);
            ImageManifest manifest = staging.describe(Staging.Description.imported(source), progress);
            return published(staging, manifest, progress);
        } catch (IOException e) {
            throw Failures.io("import image '" + source.name() + "'", e);
        }
    }

    /**
     * Gives a staged image its place. Held against a removal of the same content at the same time, which would take the
     * files away from under the row.
     */
    private Ending<ImageRef> published(Staging staging, ImageManifest manifest, ProgressListener progress) {
        ImageRef digest = manifest.image().digest();
        journal.run(
                new Plan("publish " + digest, digest.value(), Phase.UNDO, TURN),
                operation -> List.of(),
                transaction -> {},
                operation -> {
                    staging.publish(manifest, progress);
                    return new Ending<>(
                            digest,
                            transaction ->
                                    transaction.putImage(Staging.merged(manifest.image(), transaction.images())));
                },
                Optional::empty,
                progress);
        return new Ending<>(digest, transaction -> {});
    }

    @Override
    public void remove(ImageRef image) {
        ImageRef digest = require("remove", image).digest();
        journal.run(
                new Plan("remove " + digest, digest.value(), Phase.FORWARD, TURN),
                operation -> List.of(ImageActions.remove(digest, operation)),
                transaction -> transaction.removeImage(digest),
                operation -> {
                    actions.onHost(ImageActions.remove(digest, operation));
                    return new Ending<>(digest, transaction -> {});
                },
                Optional::empty,
                ProgressListener.NONE);
    }

    /** The images whose files lie in that directory, whole, whether a store knows them or not. */
    public static List<ImageRecord> stored(Path images) {
        ImageFiles files = new ImageFiles(images);
        try {
            return files.finished().stream()
                    .filter(files::complete)
                    .flatMap(digest -> files.manifest(digest).stream())
                    .map(ImageManifest::image)
                    .toList();
        } catch (IOException e) {
            throw Failures.io("look for images in '" + images + "'", e);
        }
    }

    /**
     * Makes an image known, unless it is. A name that another image bears by now stays with that one.
     *
     * @return whether it was not known
     */
    public static boolean adopt(ImageRecord image, StateTransaction transaction) {
        if (Staging.of(image.digest(), transaction.images()).isPresent()) {
            return false;
        }
        transaction.putImage(Staging.adopted(image, transaction.images()));
        return true;
    }

    /** Does what the journal says of an image; for the engine that recovers the journal. */
    @Override
    public void onHost(Entry entry) {
        actions.onHost(entry);
    }

    /**
     * Looks whether the sources can build on this host. That they cannot is no obstacle where there are images. Changes
     * nothing.
     */
    public List<Finding> probe() {
        boolean usable = !known().images().isEmpty();
        return sources.sources().stream()
                .flatMap(source -> source.probe().stream())
                .map(finding -> usable && finding.severity() == Severity.ERROR ? lessened(finding) : finding)
                .toList();
    }

    private static Finding lessened(Finding finding) {
        return new Finding(Severity.WARNING, finding.subject(), finding.message(), finding.advice());
    }

    private ImageRecord require(String doing, ImageRef image) {
        return record(image).orElseThrow(() -> sources.notFound(doing, image, known().images()));
    }

    private Optional<ImageRecord> record(ImageRef image) {
        return known().images().stream()
                .filter(record -> image.isDigest()
                        ? record.digest().equals(image)
                        : record.names().contains(image.value()))
                .findFirst();
    }

    /** What the store knows, at one moment. */
    private record Known(List<ImageRecord> images, List<VmRecord> vms) {}

    private Known known() {
        return store.read(view -> new Known(view.images(), view.vms(Optional.empty())));
    }

    private ImageInfo info(ImageRecord record) {
        return info(record, known().vms());
    }

    private ImageInfo info(ImageRecord record, List<VmRecord> vms) {
        ImageRef digest = record.digest();
        Set<VmName> users = vms.stream()
                .filter(vm -> vm.imageDigest().equals(digest.value()))
                .map(VmRecord::name)
                .collect(Collectors.toUnmodifiableSet());
        return new ImageInfo(
                digest,
                record.names(),
                record.os(),
                record.architecture(),
                record.size(),
                files.manifest(digest).map(ImageManifest::data).orElse(ByteSize.ZERO),
                record.createdAt(),
                record.kernelArguments(),
                record.agentVersion(),
                record.packages(),
                files.part(digest, ImageFiles.DISK),
                record.hasKernel() ? Optional.of(files.part(digest, ImageFiles.KERNEL)) : Optional.empty(),
                record.hasInitrd() ? Optional.of(files.part(digest, ImageFiles.INITRD)) : Optional.empty(),
                users);
    }
}
