package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.minions.ByteSize;
import dev.minions.CreateOptions;
import dev.minions.Minions;
import dev.minions.VmSpec;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.Hypervisor;
import dev.minions.testkit.census.LeakCensus;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Guests that never come up: a create ends in time, says what the guest said last, and leaves nothing. */
class NeverUpTest {
    private static final Duration BOOT = Duration.ofMinutes(2);

    @Test
    void aGuestWithoutItsDiskSaysSoInTheErrorOfItsCreate() {
        MinionsException failure =
                create(new EmptyDisks(Subject.hypervisor()), spec("diskless").build());

        assertThat(failure.code()).isIn(ErrorCode.VMM_EXITED, ErrorCode.BOOT_TIMEOUT);
        assertThat(failure).hasMessageContaining("its console ends:").hasMessageContaining("cannot be mounted");
    }

    @Test
    void aGuestThatEndsInAShellIsGivenUpAtTheLimitAndTheShellIsInTheError() {
        MinionsException failure = create(
                Subject.hypervisor(),
                spec("shell").kernelArguments("minions.agent=late init=/bin/sh").build());

        assertThat(failure.code()).isEqualTo(ErrorCode.BOOT_TIMEOUT);
        assertThat(failure).hasMessageContaining("its console ends:").hasMessageContaining("job control turned off");
    }

    private static VmSpec.Builder spec(String name) {
        return VmSpec.builder(name, LabHome.IMAGE).cpus(1).memory(ByteSize.mib(384));
    }

    private static MinionsException create(BackendFactory<Hypervisor> hypervisor, VmSpec spec) {
        LeakCensus census = LabHome.census();
        try (Minions minions = LabHome.open(hypervisor)) {
            LabHome.importGuest(minions);
            LeakCensus.Snapshot before = census.take();
            MinionsException failure = catchThrowableOfType(
                    MinionsException.class,
                    () -> minions.create(spec, CreateOptions.defaults().bootTimeout(BOOT)));
            assertThat(failure).as("the failure of the create").isNotNull();
            assertThat(minions.list()).isEmpty();
            assertThat(census.take().moreThan(before)).isEmpty();
            return failure;
        }
    }
}
