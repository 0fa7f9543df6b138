package dev.minions.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.spi.BackendProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvidersTest {
    @TempDir
    Path directory;

    @Test
    void bothAreFoundByTheirIds() {
        assertThat(ServiceLoader.load(BackendProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .map(provider -> provider.id().value()))
                .contains("qemu", "user");
    }

    @Test
    void settingsAreChecked() {
        var network = new UserNetworkProvider();
        assertThat(network.configure(Map.of("dns", "9.9.9.9, 1.1.1.1", "allow-host-access", "true")))
                .isInstanceOf(UserNetwork.class);
        assertThatIllegalArgumentException().isThrownBy(() -> network.configure(Map.of("dns", "dns.example")));
        assertThatIllegalArgumentException().isThrownBy(() -> network.configure(Map.of("dns", "")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.configure(Map.of("allow-host-access", "perhaps")));
        assertThat(new QemuProvider().configure(Map.of("program", "/opt/qemu"))).isInstanceOf(Qemu.class);
    }

    @Test
    void onlyNameServersThatGuestsCanReachAreGivenToThem() throws Exception {
        Path file = Files.writeString(directory.resolve("resolv.conf"), """
                # one of ours
                nameserver 127.0.0.53
                nameserver 198.51.100.77
                nameserver 169.254.1.1
                nameserver fd00::1
                options edns0
                """);

        assertThat(NameServers.usable(file)).isEqualTo(List.of("198.51.100.77"));
        assertThat(NameServers.usable(directory.resolve("none"))).isEqualTo(List.of("1.1.1.1", "8.8.8.8"));
        assertThat(NameServers.usable(Files.writeString(file, "nameserver 127.0.0.53\n")))
                .isEqualTo(List.of("1.1.1.1", "8.8.8.8"));
    }
}
