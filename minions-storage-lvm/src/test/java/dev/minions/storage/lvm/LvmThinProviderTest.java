package dev.minions.storage.lvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.spi.BackendProvider;
import dev.minions.spi.VolumeBackend;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class LvmThinProviderTest {
    private final LvmThinProvider provider = new LvmThinProvider();

    @Test
    void aConfigurationFindsItByItsId() {
        assertThat(ServiceLoader.load(BackendProvider.class))
                .filteredOn(found -> found.id().value().equals("lvm"))
                .singleElement()
                .returns(VolumeBackend.class, BackendProvider::kind);
    }

    @Test
    void withoutSettingsItIsThePoolThatInitMakes() {
        assertThat(((LvmThin) provider.configure(Map.of())).pool()).isEqualTo(new PoolName("minions", "pool"));
    }

    @Test
    void groupAndPoolCanBeNamed() {
        var factory = (LvmThin) provider.configure(Map.of("volume-group", "vg0", "pool", "vms", "data-limit", "80"));

        assertThat(factory.pool()).isEqualTo(new PoolName("vg0", "vms"));
    }

    @Test
    void valuesThatWillNotDoAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> provider.configure(Map.of("metadata-limit", "most")))
                .withMessageContaining("metadata-limit")
                .withMessageContaining("'most'");
        assertThatIllegalArgumentException().isThrownBy(() -> provider.configure(Map.of("data-limit", "0")));
    }
}
