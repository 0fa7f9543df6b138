package dev.minions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VmSpecTest {
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEsU7pVwTkYHd9c1nS2nJb0mRrVQX2f7k3m4o5p6q7r8 me@here";

    @Test
    void whatIsNotSaidHasADefault() {
        VmSpec spec = VmSpec.builder("web", "debian").build();
        assertThat(spec.cpus()).isEqualTo(2);
        assertThat(spec.memory()).isEqualTo(ByteSize.mib(1024));
        assertThat(spec.disk()).isEqualTo(ByteSize.gb(10));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 255, 10_000})
    void aNumberOfCpusThatNoMachineHasIsRefused(int cpus) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VmSpec.builder("web", "debian").cpus(cpus).build())
                .withMessage("vm 'web': cpus must be 1 to 254, got " + cpus);
    }

    @Test
    void oneByteOfMemoryIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VmSpec.builder("web", "debian")
                        .memory(ByteSize.bytes(1))
                        .build())
                .withMessage("vm 'web': memory must be at least 128 MiB, got 1 bytes");
    }

    @Test
    void everyProblemIsNamedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VmSpec.builder("web", "debian")
                        .cpus(0)
                        .memory(ByteSize.ZERO)
                        .disk(ByteSize.ZERO)
                        .label("", "x")
                        .environment("A=B", "x")
                        .publish(PortForward.of(80, 1))
                        .publish(PortForward.of(80, 2))
                        .initrd(Path.of("/i"))
                        .attach(AttachedDisk.readOnly(Path.of("/d")))
                        .attach(AttachedDisk.readWrite(Path.of("/e/../d")))
                        .build())
                .withMessageMatching("(.*; ){7}.*");
    }

    @Test
    void aSpecIsAValueAndABuilderCopies() {
        VmSpec.Builder builder = VmSpec.builder("web", "debian").label("a", "1");
        VmSpec first = builder.build();
        VmSpec second = builder.label("a", "2").build();
        assertThat(first.labels()).containsEntry("a", "1");
        assertThat(second.toBuilder().build()).isEqualTo(second).hasSameHashCodeAs(second);
        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void neitherVariablesNorFilesAppearInItsText() {
        VmSpec spec = VmSpec.builder("web", "debian")
                .environment("TOKEN", "s3cret")
                .file(GuestFile.text("/etc/key", "s3cret"))
                .build();
        assertThat(spec + " " + spec.files()).doesNotContain("s3cret");
    }

    @Test
    void aPublicKeyIsOneLineOfAKnownTypeWithoutOptions() {
        assertThat(SshPublicKey.of(KEY + "\n").line()).isEqualTo(KEY);
        for (String bad : List.of(
                "", "hello", "command=\"rm -rf /\" " + KEY, KEY + "\n" + KEY, "-----BEGIN OPENSSH PRIVATE KEY-----")) {
            assertThatIllegalArgumentException().isThrownBy(() -> SshPublicKey.of(bad));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"etc/passwd", "/etc/../passwd", "/", "/etc/", "", "/a\u0000b"})
    void aGuestFileHasAnAbsolutePathThatClimbsNowhere(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> GuestFile.text(path, ""));
    }

    @Test
    void aForwardIsReadBackFromItsText() {
        for (String text : List.of("127.0.0.1:8080:80", "0.0.0.0:1:65535", "[0:0:0:0:0:0:0:1]:8080:80")) {
            assertThat(PortForward.parse(text)).hasToString(text);
        }
        assertThat(PortForward.parse("8080:80").address()).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "80", "0:80", "80:0", "65536:80", "a:b", "example.org:80:80", "1.2.3:80:80", "80:80:80:80"})
    void whatIsNoForwardIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PortForward.parse(text));
    }
}
