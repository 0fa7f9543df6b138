package dev.minions.core.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.testkit.ChildJvm;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceLocksTest {
    @TempDir
    Path directory;

    private final InstanceId id = InstanceId.random();
    private InstanceLocks locks;

    @BeforeEach
    void open() {
        locks = InstanceLocks.in(directory);
    }

    @Test
    void anEngineIsAliveWhileItHoldsItsLockAndNoLonger() {
        HeldLock lock = locks.acquire(id);
        try (ChildJvm other = ChildJvm.start(LockHolder.class, directory.toString())) {
            assertThat(other.ask("alive " + id)).isEqualTo("true");
            lock.remove();
            assertThat(other.ask("alive " + id)).isEqualTo("false");
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aKilledEngineIsDeadAtOnceAndOneRecovererTakesItOver() {
        try (ChildJvm engine = ChildJvm.start(LockHolder.class, directory.toString());
                ChildJvm rival = ChildJvm.start(LockHolder.class, directory.toString())) {
            assertThat(engine.ask("acquire " + id)).isEqualTo("true");
            assertThat(locks.isAlive(id)).isTrue();
            assertThat(locks.tryTakeOver(id)).isEmpty();

            engine.kill();

            assertThat(locks.isAlive(id)).isFalse();
            try (HeldLock taken = locks.tryTakeOver(id).orElseThrow()) {
                taken.verify();
                assertThat(rival.ask("take " + id)).isEqualTo("false");
                assertThat(rival.ask("alive " + id)).isEqualTo("true");
            }
            assertThat(rival.ask("take " + id)).isEqualTo("true");
        }
    }

    @Test
    void probingByManyEnginesOfThisJvmDoesNotFreeTheLock() throws IOException {
        HeldLock lock = locks.acquire(id);
        List<InstanceLocks> engines =
                IntStream.range(0, 5).mapToObj(i -> InstanceLocks.in(directory)).toList();
        engines.parallelStream().forEach(engine -> {
            assertThat(engine.isAlive(id)).isTrue();
            assertThat(engine.tryTakeOver(id)).isEmpty();
        });
        assertThat(openDescriptors()).as("only the holder's").isEqualTo(1);
        assertThatKernelStillHasIt(lock);
        lock.remove();
    }

    @Test
    void probingThroughALinkToTheDirectoryDoesNotFreeTheLock(@TempDir Path elsewhere) throws IOException {
        HeldLock lock = locks.acquire(id);
        Path link = Files.createSymbolicLink(elsewhere.resolve("link"), directory);
        assertThat(InstanceLocks.in(link).isAlive(id)).isTrue();
        assertThatKernelStillHasIt(lock);
        lock.remove();
    }

    @Test
    void probingByACopyOfTheseClassesInAnotherClassLoaderDoesNotFreeTheLock() throws Exception {
        HeldLock lock = locks.acquire(id);
        try (URLClassLoader copy = new URLClassLoader(ChildJvm.classPathUrls(), ClassLoader.getPlatformClassLoader())) {
            assertThat(probeIn(copy, "isAlive")).isEqualTo(true);
            assertThat(probeIn(copy, "tryTakeOver")).isEqualTo(Optional.empty());
        }
        assertThat(openDescriptors()).as("only the holder's").isEqualTo(1);
        assertThatKernelStillHasIt(lock);
        lock.remove();
    }

    @Test
    void aProbeThatCannotKnowOfThisJvmsLockKeepsItsChannelRatherThanFreeIt() throws Exception {
        HeldLock lock = locks.acquire(id);
        String property = System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.endsWith(id.value()))
                .findFirst()
                .orElseThrow();
        System.clearProperty(property); // as System.setProperties(new Properties()) would
        try (URLClassLoader copy = new URLClassLoader(ChildJvm.classPathUrls(), ClassLoader.getPlatformClassLoader())) {
            assertThat(probeIn(copy, "isAlive")).isEqualTo(true);
        }
        assertThatKernelStillHasIt(lock);
        lock.remove();
    }

    @Test
    void anInterruptedCallerNeitherLosesALockNorItsInterrupt() {
        HeldLock lock = locks.acquire(id);
        Thread.currentThread().interrupt();
        assertThat(locks.isAlive(id)).isTrue();
        lock.verify();
        HeldLock second = locks.acquire(InstanceId.random());
        assertThat(Thread.interrupted()).isTrue();
        assertThatKernelStillHasIt(lock);
        assertThatKernelStillHasIt(second);
        lock.remove();
        second.remove();
    }

    @Test
    void anEngineWhoseLockWasFreedByReadingItsFileMakesNoMoreChanges() throws IOException {
        HeldLock lock = locks.acquire(id);
        Files.readString(file(id)); // any code of this JVM that opens and closes it, a backup for example
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(lock::verify)
                .returns(ErrorCode.STORE_ERROR, MinionsException::code)
                .withMessageContaining("opened and closed");
        lock.remove();
        assertThat(file(id)).as("what a recoverer may hold by now").exists();
    }

    @Test
    void anEngineWhoseLockFileIsGoneOrAnotherMakesNoMoreChanges() throws IOException {
        HeldLock lock = locks.acquire(id);
        Files.delete(file(id));
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(lock::verify)
                .withMessageContaining("was removed");
        Files.createFile(file(id));
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(lock::verify)
                .withMessageContaining("was replaced");
        lock.remove();
        assertThat(file(id)).as("not ours to remove").exists();
    }

    @Test
    void aLockThatWasGivenUpIsSaidToBe() {
        HeldLock lock = locks.acquire(id);
        lock.close();
        lock.close();
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(lock::verify)
                .withMessageContaining("given up");
        assertThat(locks.isAlive(id)).isFalse();
        locks.tryTakeOver(id).orElseThrow().remove();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void anInstanceWhoseLockFileSomebodyRemovedCanBeTakenOverByOne() {
        try (ChildJvm rival = ChildJvm.start(LockHolder.class, directory.toString())) {
            HeldLock taken = locks.tryTakeOver(id).orElseThrow();
            assertThat(rival.ask("take " + id)).isEqualTo("false");
            taken.remove();
        }
    }

    @Test
    void aLockOnAFileThatItsFormerHolderUnlinkedMeanwhileIsNobodys() throws IOException {
        Path file = Files.createFile(file(id));
        FileIdentity before = FileIdentity.of(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Files.delete(file);
        FileLock lock = channel.tryLock(KernelLocks.POSITION, KernelLocks.SIZE, false);
        LockKeeper.Slot slot = new LockKeeper.Slot(id, directory, "test/" + id);

        assertThat(LockKeeper.keepIfStillNamed(slot, lock, before)).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anIdIsUsedOnce() {
        HeldLock lock = locks.acquire(id);
        assertThatIllegalStateException().isThrownBy(() -> locks.acquire(id)).withMessageContaining(id.value());
        lock.close();
        assertThatIllegalStateException().isThrownBy(() -> locks.acquire(id));
        assertThatKernelHasNot(id);
    }

    @Test
    void whatAKilledProcessLeftHalfMadeIsSweptAndALiveOneIsNot() throws IOException {
        HeldLock lock = locks.acquire(id);
        Path stale = Files.createFile(directory.resolve(".x.lock.1.tmp"));
        Path secondName = Files.createLink(directory.resolve(".y.lock.2.tmp"), file(id));
        HeldLock next = locks.acquire(InstanceId.random());
        assertThat(stale).doesNotExist();
        assertThat(secondName).exists();
        assertThatKernelStillHasIt(lock);
        lock.remove();
        next.remove();
    }

    @Test
    void lockFilesAreForTheirOwnerAlone() throws IOException {
        HeldLock lock = locks.acquire(id);
        assertThat(Files.getPosixFilePermissions(file(id))).hasSize(2);
        lock.remove();
    }

    /** Of this JVM, on files of the directory. */
    private long openDescriptors() throws IOException {
        String real = directory.toRealPath().toString();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(descriptor -> target(descriptor).startsWith(real))
                    .count();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private void assertThatKernelStillHasIt(HeldLock lock) {
        lock.verify();
        try (ChildJvm other = ChildJvm.start(LockHolder.class, directory.toString())) {
            assertThat(other.ask("alive " + lock.id())).isEqualTo("true");
        }
    }

    private void assertThatKernelHasNot(InstanceId free) throws AssertionError {
        try (FileChannel channel = FileChannel.open(file(free), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            assertThat(channel.tryLock(KernelLocks.POSITION, KernelLocks.SIZE, false))
                    .isNotNull();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Object probeIn(ClassLoader copy, String method) throws ReflectiveOperationException {
        Class<?> idClass = copy.loadClass(InstanceId.class.getName());
        Class<?> locksClass = copy.loadClass(InstanceLocks.class.getName());
        assertThat(locksClass).isNotSameAs(InstanceLocks.class);
        Object copied = locksClass.getMethod("in", Path.class).invoke(null, directory);
        Object copiedId = idClass.getConstructor(String.class).newInstance(id.value());
        return locksClass.getMethod(method, idClass).invoke(copied, copiedId);
    }

    private Path file(InstanceId of) {
        return directory.resolve(of + ".lock");
    }
}
