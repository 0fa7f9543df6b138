package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.ByteSize;
import dev.minions.ImageBuild;
import dev.minions.ImageImport;
import dev.minions.ImageInfo;
import dev.minions.ImageRef;
import dev.minions.Progress;
import dev.minions.ProgressListener;
import dev.minions.VmName;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.ImageRecord;
import dev.minions.spi.OperationRecord;
import dev.minions.spi.StateStore;
import dev.minions.testkit.Await;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.InMemoryStateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImageStoreTest {
    private static final ImageBuild DEBIAN = ImageBuild.of("debian").sized(ByteSize.mib(1));
    private static final ImageRef NAME = ImageRef.of("debian");
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final FakeHost host = new FakeHost();
    private final Set<String> alive = ConcurrentHashMap.newKeySet();
    private final FakeSource source = new FakeSource();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void nothingIsLeftUnfinished() throws IOException {
        threads.shutdownNow();
        List<OperationRecord> open = InMemoryStateStore.on(host).read(view -> view.openOperations());
        assertThat(open).isEmpty();
        assertThat(entries()).allMatch(name -> name.matches("[0-9a-f]{64}"));
    }

    /** A process of its own over the same directory and store. */
    private ImageStore engine() {
        return engine(host.anotherProcess());
    }

    private ImageStore engine(FakeHost process) {
        StateStore store = InMemoryStateStore.on(process);
        return new ImageStore(
                directory.resolve("images"),
                directory.resolve("cache"),
                store,
                new FakeEngines(process, alive),
                List.of(source));
    }

    private List<String> entries() throws IOException {
        Path images = directory.resolve("images");
        if (!Files.exists(images)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(images)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    @Test
    void aBuiltImageHasItsPartsUnderItsDigestAndItsName() throws IOException {
        ImageInfo built = engine().build(DEBIAN, ProgressListener.NONE);

        assertThat(built.names()).containsExactly("debian");
        assertThat(built.os()).isEqualTo("debian 12");
        assertThat(Files.readString(built.disk())).startsWith(source.fingerprint(DEBIAN));
        assertThat(built.size()).isEqualTo(DEBIAN.size());
        assertThat(built.disk().getParent())
                .isEqualTo(directory
                        .resolve("images")
                        .resolve(built.digest().value().substring(7)));
        assertThat(built.kernel())
                .hasValueSatisfying(kernel -> assertThat(kernel).hasContent("kernel"));
        assertThat(built.initrd()).isEmpty();
        assertThat(built.agentVersion()).contains("1.0");
        assertThat(built.disk().resolveSibling("manifest")).exists();
        assertThat(built.disk().resolveSibling("left over")).doesNotExist();
        assertThat(engine().list()).containsExactly(built);
        assertThat(engine().get(built.digest())).isEqualTo(built);
        assertThat(engine().get(NAME)).isEqualTo(built);
    }

    @Test
    void everyVmmMayReadAnImageAndNobodyIsMeantToWriteIt() throws IOException {
        ImageInfo built = engine().build(DEBIAN, ProgressListener.NONE);
        assertThat(Files.getPosixFilePermissions(built.disk()))
                .hasToString(Files.getPosixFilePermissions(built.kernel().orElseThrow())
                        .toString())
                .hasSize(3);
    }

    @Test
    void whatWasBuiltFromTheSameRecipeIsNotBuiltAgain() {
        ImageInfo first = engine().build(DEBIAN, ProgressListener.NONE);
        ImageInfo second = engine().build(DEBIAN.named("mine"), ProgressListener.NONE);

        assertThat(source.builds()).isEqualTo(1);
        assertThat(second.digest()).isEqualTo(first.digest());
        assertThat(second.names()).containsExactlyInAnyOrder("debian", "mine");
    }

    @Test
    void aNewRecipeTakesTheNameAndLeavesTheOldImage() {
        ImageInfo old = engine().build(DEBIAN, ProgressListener.NONE);
        source.recipe("2");
        ImageInfo fresh = engine().build(DEBIAN, ProgressListener.NONE);

        assertThat(fresh.digest()).isNotEqualTo(old.digest());
        assertThat(engine().get(NAME)).isEqualTo(fresh);
        assertThat(engine().get(old.digest()).names()).isEmpty();
    }

    @Test
    void aHalfWrittenImageNeverAppearsUnderItsFinalName() {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        source.whileBuilding(work -> {
            try {
                seen.addAll(entries());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            assertThat(engine().list()).isEmpty();
        });

        engine().build(DEBIAN, progress -> {
            if (progress.step().startsWith("storing")) {
                assertThat(engine().list()).isEmpty();
            }
        });

        assertThat(seen).hasSize(1).allMatch(name -> name.startsWith(".tmp-"));
    }

    @Test
    void aFailedBuildLeavesNothing() {
        source.whileBuilding(work -> {
            throw new MinionsException(ErrorCode.IMAGE_ERROR, "build image 'debian': no");
        });
        ImageStore engine = engine();
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> engine.build(DEBIAN, ProgressListener.NONE))
                .returns(ErrorCode.IMAGE_ERROR, MinionsException::code)
                .satisfies(failure -> assertThat(failure.operation()).isPresent());
        assertThat(engine.list()).isEmpty();
    }

    @Test
    void buildsOfOneRecipeAtOnceBecomeOne() throws Exception {
        CountDownLatch building = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        source.whileBuilding(work -> {
            building.countDown();
            await(go);
        });
        Queue<String> steps = new ConcurrentLinkedQueue<>();
        ImageStore shared = engine();
        Future<ImageInfo> first = threads.submit(() -> shared.build(DEBIAN, ProgressListener.NONE));
        await(building);
        Future<ImageInfo> sameProcess = threads.submit(() -> shared.build(DEBIAN, ProgressListener.NONE));
        Future<ImageInfo> otherProcess =
                threads.submit(() -> engine().build(DEBIAN, progress -> steps.add(progress.step())));
        Await.until("the other process waits", SOON, () -> steps.stream().anyMatch(step -> step.startsWith("waiting")));
        go.countDown();

        assertThat(sameProcess.get(20, TimeUnit.SECONDS)).isEqualTo(first.get(20, TimeUnit.SECONDS));
        assertThat(otherProcess.get(20, TimeUnit.SECONDS)).isEqualTo(first.get());
        assertThat(source.builds()).isEqualTo(1);
    }

    @Test
    void buildsOfTwoRecipesDoNotWaitForEachOther() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        source.whileBuilding(work -> {
            both.countDown();
            await(both);
        });
        Future<ImageInfo> one = threads.submit(() -> engine().build(DEBIAN, ProgressListener.NONE));
        Future<ImageInfo> other =
                threads.submit(() -> engine().build(DEBIAN.including("git").named("git"), ProgressListener.NONE));
        assertThat(one.get(20, TimeUnit.SECONDS).digest())
                .isNotEqualTo(other.get(20, TimeUnit.SECONDS).digest());
    }

    @Test
    void whatADeadEngineLeftIsUndoneByWhoeverComesNext() throws IOException {
        for (ImageBuild next : List.of(DEBIAN, DEBIAN.including("git"))) {
            Path left = buildAndBeKilled();
            source.whileBuilding(work -> assertThat(left).doesNotExist());
            engine().build(next, ProgressListener.NONE);
            assertThat(left).doesNotExist();
        }
        assertThat(source.builds()).isEqualTo(4);
    }

    /** Leaves an unfinished operation of a dead process, and its directory. */
    private Path buildAndBeKilled() throws IOException {
        source.recipe("doomed " + source.builds());
        FakeHost process = host.anotherProcess();
        source.whileBuilding(work -> process.kill());
        ImageStore doomed = engine(process);
        assertThatExceptionOfType(Throwable.class).isThrownBy(() -> doomed.build(DEBIAN, ProgressListener.NONE));
        List<OperationRecord> open = InMemoryStateStore.on(host).read(view -> view.openOperations());
        assertThat(open).hasSize(1);
        // The death of a real process leaves its files too.
        Path left = directory.resolve("images").resolve(".tmp-" + open.get(0).id());
        Files.createDirectories(left.resolve("work"));
        Files.writeString(left.resolve("work/disk"), "half");
        return left;
    }

    @Test
    void anInterruptedCallerLeavesNothing() throws Exception {
        source.whileBuilding(work -> Thread.currentThread().interrupt());
        Future<Boolean> interrupted = threads.submit(() -> {
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> engine().build(DEBIAN, progress -> {}))
                    .returns(ErrorCode.CALL_INTERRUPTED, MinionsException::code);
            return Thread.interrupted();
        });
        assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(engine().list()).isEmpty();
    }

    @Test
    void aKnownImageIsBuiltWhenItIsNeeded() {
        ImageStore engine = engine();
        assertThat(engine.resolve("create vm 'web'", NAME, ProgressListener.NONE)
                        .digest())
                .isEqualTo(engine.get(NAME).digest());
        assertThat(engine.resolve("create vm 'web'", NAME, ProgressListener.NONE)
                        .kernelArguments())
                .isEqualTo("quiet");
        assertThat(source.builds()).isEqualTo(1);
    }

    @Test
    void anUnknownImageIsRefusedWithWhatThereIs() {
        ImageStore engine = engine();
        engine.build(DEBIAN.named("mine"), ProgressListener.NONE);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> engine.resolve("create vm 'web'", ImageRef.of("nosuch"), ProgressListener.NONE))
                .returns(ErrorCode.IMAGE_NOT_FOUND, MinionsException::code)
                .withMessage("create vm 'web': image 'nosuch' is not known; there is mine, and debian can be built;"
                        + " 'minions image import' makes an image of any disk");
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> engine.build(ImageBuild.of("fedora"), ProgressListener.NONE))
                .returns(ErrorCode.IMAGE_NOT_FOUND, MinionsException::code)
                .withMessageContaining("image 'fedora' is not available yet");
    }

    @Test
    void namesOfBuiltImagesAreKeptForThem() throws IOException {
        ImageStore engine = engine();
        Path disk = Files.write(directory.resolve("disk"), new byte[512]);
        for (String name : List.of("debian", "ubuntu", "nixos", "oci")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.importDisk(ImageImport.of(name, disk), ProgressListener.NONE))
                    .withMessageContaining("'" + name + "'");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.build(DEBIAN.named("ubuntu"), ProgressListener.NONE));
    }

    @Test
    void anImportedDiskBecomesAnImage() throws IOException {
        Path disk = Files.write(directory.resolve("disk"), new byte[] {1, 2, 3});
        Path kernel = Files.writeString(directory.resolve("kernel"), "k");
        ImageInfo imported = engine().importDisk(
                        ImageImport.of("mine", disk).kernel(kernel).kernelArguments("x=y"), ProgressListener.NONE);

        assertThat(imported.size().bytes()).isEqualTo(512);
        assertThat(imported.kernelArguments()).isEqualTo("x=y");
        assertThat(engine().get(ImageRef.of("mine"))).isEqualTo(imported);
        assertThat(Files.readAllBytes(disk)).containsExactly(1, 2, 3);

        ImageInfo again = engine().importDisk(
                        ImageImport.of("again", disk).kernel(kernel).kernelArguments("x=y"), ProgressListener.NONE);
        assertThat(again.digest()).isEqualTo(imported.digest());
        assertThat(again.names()).containsExactlyInAnyOrder("mine", "again");
    }

    @Test
    void anImportOfWhatWasBuiltGivesItAnotherNameAndChangesNothingElse() {
        ImageInfo built = engine().build(DEBIAN, ProgressListener.NONE);
        ImageImport same = ImageImport.of("mine", built.disk()).kernelArguments(built.kernelArguments());
        same = built.kernel().map(same::kernel).orElse(same);
        same = built.initrd().map(same::initrd).orElse(same);

        ImageInfo imported = engine().importDisk(same, ProgressListener.NONE);

        assertThat(imported.digest()).isEqualTo(built.digest());
        assertThat(imported.os()).isEqualTo(built.os());
        assertThat(imported.names()).containsAll(built.names()).contains("mine");
    }

    @Test
    void aRefusedImportLeavesNothing() {
        ImageStore engine = engine();
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() ->
                        engine.importDisk(ImageImport.of("mine", directory.resolve("absent")), ProgressListener.NONE))
                .returns(ErrorCode.PATH_NOT_FOUND, MinionsException::code);
        assertThat(engine.list()).isEmpty();
    }

    @Test
    void aRemovedImageIsGoneWithItsNamesAndFiles() throws IOException {
        ImageInfo built = engine().build(DEBIAN, ProgressListener.NONE);
        engine().remove(NAME);
        assertThat(engine().list()).isEmpty();
        assertThat(entries()).isEmpty();
        ImageStore engine = engine();
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> engine.remove(built.digest()))
                .returns(ErrorCode.IMAGE_NOT_FOUND, MinionsException::code);
    }

    @Test
    void anImageThatAVmStandsOnStaysAndTheVmIsNamed() {
        ImageStore engine = engine();
        ImageInfo built = engine.build(DEBIAN, ProgressListener.NONE);
        InMemoryStateStore.on(host).<Boolean>write(transaction -> {
            transaction.addVm(TestVms.on(built.digest(), "web"));
            return true;
        });
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> engine.remove(NAME))
                .returns(ErrorCode.IMAGE_IN_USE, MinionsException::code)
                .withMessageContaining("web");
        assertThat(engine.get(NAME).usedBy()).containsExactly(VmName.of("web"));
        assertThat(built.disk()).exists();
    }

    @Test
    void anImageWithoutItsFilesIsSaidToBeOneAndIsBuiltAnew() throws IOException {
        ImageStore engine = engine();
        engine.build(DEBIAN, ProgressListener.NONE);
        Trees.delete(directory.resolve("images"));

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> engine.get(NAME))
                .returns(ErrorCode.IMAGE_ERROR, MinionsException::code);
        assertThat(engine.build(DEBIAN, ProgressListener.NONE).disk()).exists();
        assertThat(source.builds()).isEqualTo(2);
    }

    @Test
    void imagesThatTheStoreHasLostAreTakenInAgain() {
        ImageInfo built = engine().build(DEBIAN, ProgressListener.NONE);
        InMemoryStateStore.on(host).<Boolean>write(transaction -> {
            transaction.removeImage(built.digest());
            return true;
        });
        assertThat(takeIn()).containsExactly(true);
        assertThat(engine().get(NAME)).isEqualTo(built);
        assertThat(takeIn()).containsExactly(false);
    }

    private List<Boolean> takeIn() {
        List<ImageRecord> stored = ImageStore.stored(directory.resolve("images"));
        return InMemoryStateStore.on(host)
                .write(transaction -> stored.stream()
                        .map(image -> ImageStore.adopt(image, transaction))
                        .toList());
    }

    @Test
    void progressIsHeardByTheCallingThread() {
        Thread caller = Thread.currentThread();
        Queue<Progress> heard = new ConcurrentLinkedQueue<>();
        engine().build(DEBIAN, progress -> {
            assertThat(Thread.currentThread()).isSameAs(caller);
            heard.add(progress);
        });
        assertThat(heard).extracting(Progress::step).contains("building", "computing the digest", "storing the image");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
