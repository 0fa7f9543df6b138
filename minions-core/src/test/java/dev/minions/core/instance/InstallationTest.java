package dev.minions.core.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationTest {
    @TempDir
    Path root;

    private Path data;
    private HostFacts host;

    @BeforeEach
    void host() throws IOException {
        data = root.resolve("data");
        Files.createDirectory(root.resolve("run"));
        host = hostOf("machine-a", HostFacts.ofThisHost().uid());
    }

    @Test
    void everyEngineOfADataDirectorySeesTheSameInstallation() {
        String id = Installation.open(data, host).id();
        assertThat(id).matches("[0-9a-f]{12}");
        assertThat(Installation.open(data, host).id()).isEqualTo(id);
    }

    @Test
    void tenThatOpenANewDirectoryAtOnceAgreeOnOneInstallation() throws Exception {
        for (int round = 0; round < 5; round++) {
            Path fresh = root.resolve("data-" + round);
            Set<String> ids = ConcurrentHashMap.newKeySet();
            CyclicBarrier start = new CyclicBarrier(10);
            try (ExecutorService threads = Executors.newFixedThreadPool(10)) {
                List<Future<Boolean>> opened = Stream.generate(() -> threads.submit(() -> {
                            start.await();
                            return ids.add(Installation.open(fresh, host).id());
                        }))
                        .limit(10)
                        .toList();
                for (Future<Boolean> each : opened) {
                    each.get(60, TimeUnit.SECONDS);
                }
            }
            assertThat(ids).hasSize(1);
            try (Stream<Path> files = Files.list(fresh)) {
                assertThat(files).containsExactly(fresh.resolve(Installation.FILE));
            }
        }
    }

    @Test
    void aCopiedDirectoryIsRefusedUntilItIsAdoptedUnderAnIdOfItsOwn() throws IOException {
        Installation original = Installation.open(data, host);
        Path copy = Files.createDirectory(root.resolve("copy"));
        Files.copy(data.resolve(Installation.FILE), copy.resolve(Installation.FILE));

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> Installation.open(copy, host))
                .returns(ErrorCode.FOREIGN_INSTALLATION, MinionsException::code)
                .withMessageContainingAll("copied or moved", data.toString(), copy.toString(), "minions", "adopt");

        Installation adopted = Installation.adopt(copy, host);
        assertThat(adopted.id()).isNotEqualTo(original.id());
        assertThat(adopted.formerIds()).containsExactly(original.id());
        assertThat(adopted.socketDirectory()).isNotEqualTo(original.socketDirectory());
        assertThat(Installation.open(copy, host).id()).isEqualTo(adopted.id());
    }

    @Test
    void aClonedHostIsRefused() {
        Installation.open(data, host);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> Installation.open(data, hostOf("machine-b", host.uid())))
                .returns(ErrorCode.FOREIGN_INSTALLATION, MinionsException::code)
                .withMessageContainingAll("another machine", "adopt");
    }

    @Test
    void theMachineIdItselfIsNotWrittenDown() throws IOException {
        Installation.open(data, host);
        assertThat(Files.readString(data.resolve(Installation.FILE))).doesNotContain("machine-a");
    }

    @Test
    void theSocketDirectoryIsChosenOnceAndNotDerivedAgain() {
        Path sockets = Installation.open(data, host).socketDirectory();
        HostFacts other = new HostFacts(host.machine(), host.uid(), root.resolve("elsewhere"), Optional.empty(), root);
        assertThat(Installation.open(data, other).socketDirectory()).isEqualTo(sockets);
    }

    @Test
    void aReboundSocketDirectoryIsMadeAgainAfterAReboot() throws IOException {
        Installation installation = Installation.open(data, host);
        Path sockets = installation.socketDirectory();
        remove(host.run().resolve("minions"));
        assertThat(installation.socketDirectory()).isEqualTo(sockets).isDirectory();
    }

    @Test
    void theSocketsOfADataDirectoryThatIsGoneGoWhenANewOneIsMade() throws IOException {
        Path gone = root.resolve("gone");
        Path sockets = Installation.open(gone, host).socketDirectory();
        remove(gone);
        Path living = Installation.open(data, host).socketDirectory();
        assertThat(sockets).doesNotExist();
        assertThat(living).isDirectory();
    }

    @Test
    void theSocketsOfADataDirectoryThatWasMadeAnewUnderItsPathGoToo() throws IOException {
        Path sockets = Installation.open(data, host).socketDirectory();
        remove(data);
        Path anew = Installation.open(data, host).socketDirectory();
        assertThat(sockets).isNotEqualTo(anew).doesNotExist();
        assertThat(anew).isDirectory();
    }

    @Test
    void socketsThatMayBeInUseAreLeftAlone() throws IOException {
        Path living = Installation.open(root.resolve("living"), host).socketDirectory();
        Path gone = root.resolve("gone");
        Path withVm = Installation.open(gone, host).socketDirectory();
        Path vm = Files.createDirectory(withVm.resolve("0123456789ab"));
        remove(gone);
        Path unmarked = Files.createDirectory(living.resolveSibling("0123456789ab"));
        Path other = Files.createDirectory(living.resolveSibling("something-else"));
        Installation.open(data, host).socketDirectory();
        assertThat(living).isDirectory();
        assertThat(vm).isDirectory();
        assertThat(unmarked).isDirectory();
        assertThat(other).isDirectory();
    }

    @Test
    void anEngineThatOpensAgainSweepsNothingAndKeepsItsOwn() throws IOException {
        Installation installation = Installation.open(data, host);
        Path sockets = installation.socketDirectory();
        Path gone = root.resolve("gone");
        Path stray = Installation.open(gone, host).socketDirectory();
        remove(gone);
        assertThat(installation.socketDirectory()).isEqualTo(sockets);
        assertThat(stray).isDirectory();
    }

    private static void remove(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void rootsSocketsLieInRunAndVmmsMayPassButNotLook() throws IOException {
        HostFacts asRoot = hostOf("m", 0);
        Path chosen = SocketDirectory.choose("0123456789ab", asRoot);
        assertThat(chosen).isEqualTo(asRoot.run().resolve("minions/0123456789ab"));
        assertThat(SocketDirectory.choose("0123456789ab", HostFacts.ofThisHost())
                        .toString())
                .hasSizeLessThan(60);
        if (host.isRoot()) {
            SocketDirectory.require(chosen, asRoot);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(chosen)))
                    .isEqualTo("rwx--x--x");
        }
    }

    @Test
    void aUsersSocketsLieWhereALogoutDoesNotReach() {
        Path runtime = root.resolve("user");
        HostFacts lingering = new HostFacts("m", 1000, root, Optional.of(runtime), root.resolve("tmp"));
        HostFacts other = new HostFacts("m", 1000, root, Optional.empty(), root.resolve("tmp"));
        assertThat(SocketDirectory.choose("0123456789ab", lingering))
                .isEqualTo(runtime.resolve("minions/0123456789ab"));
        assertThat(SocketDirectory.choose("0123456789ab", other))
                .isEqualTo(root.resolve("tmp/minions-1000/0123456789ab"));
    }

    @Test
    void aRuntimeDirectoryTooLongForSocketNamesIsNotChosen() {
        HostFacts deep = new HostFacts("m", 1000, root, Optional.of(root.resolve("x".repeat(80))), Path.of("/var/tmp"));
        assertThat(SocketDirectory.choose("0123456789ab", deep))
                .isEqualTo(Path.of("/var/tmp/minions-1000/0123456789ab"));
    }

    @Test
    void aSocketDirectoryThatSomebodyElseMadeFirstIsRefused() throws IOException {
        long stranger = host.uid() + 1;
        Path tmp = Files.createDirectory(root.resolve("tmp"));
        Files.createDirectory(tmp.resolve("minions-" + stranger));
        HostFacts user = new HostFacts("m", stranger, root, Optional.empty(), tmp);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> SocketDirectory.require(SocketDirectory.choose("0123456789ab", user), user))
                .withMessageContainingAll("user " + host.uid(), "user " + stranger);
    }

    @Test
    void aLinkInPlaceOfTheSocketDirectoryIsNotFollowed() throws IOException {
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Files.createSymbolicLink(host.run().resolve("minions"), elsewhere);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> SocketDirectory.require(host.run().resolve("minions/0123456789ab"), host))
                .withMessageContaining("something else");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void aDamagedIdentityIsRefusedAndLeftAsItIs() throws IOException {
        Installation.open(data, host);
        Files.writeString(data.resolve(Installation.FILE), "version=1\nid=\\u12\n");
        byte[] before = Files.readAllBytes(data.resolve(Installation.FILE));
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> Installation.open(data, host))
                .returns(ErrorCode.FOREIGN_INSTALLATION, MinionsException::code);
        assertThat(data.resolve(Installation.FILE)).hasBinaryContent(before);
    }

    @Test
    void aNewerIdentityIsRefused() throws IOException {
        Files.createDirectories(data);
        Files.write(data.resolve(Installation.FILE), "version=2\n".getBytes(StandardCharsets.UTF_8));
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> Installation.open(data, host))
                .returns(ErrorCode.NEWER_DATABASE, MinionsException::code)
                .withMessageContaining("version 2");
    }

    @Test
    void networkAndForeignFileSystemsAreNotKnown() {
        assertThat(new String[] {"nfs", "nfs4", "cifs", "9p", "fuse.sshfs", "drvfs", "virtiofs", "vfat", "ceph"})
                .noneMatch(LocalFileSystems::isKnown);
    }

    @Test
    void aDataDirectoryOnAForeignFileSystemIsRefusedByName() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> LocalFileSystems.require(Path.of("/proc")))
                .returns(ErrorCode.NOT_SUPPORTED, MinionsException::code)
                .withMessageContainingAll("'/proc'", "'proc'", "ext4", "--data-dir");
    }

    @Test
    void aPathWithStrangeCharactersIsStillItself() throws IOException {
        Path strange = root.resolve("a b=c#d\u00fc,%\\");
        String id = Installation.open(strange, host).id();
        assertThat(Installation.open(strange, host).id()).isEqualTo(id);
    }

    private HostFacts hostOf(String machine, long uid) {
        return new HostFacts(machine, uid, root.resolve("run"), Optional.of(root.resolve("run")), root.resolve("tmp"));
    }
}
