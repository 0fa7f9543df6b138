package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

class SuiteMainTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    private int run(Class<?>... tests) {
        return SuiteMain.run(List.of(tests), new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    private String said() {
        return written.toString(StandardCharsets.UTF_8);
    }

    static class Passes {
        @Test
        void isGood() {}

        @Test
        @Disabled("not today")
        void isSkipped() {}
    }

    @ExtendWith(InOrder.class)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class FailsInOrder {
        @Test
        @Order(1)
        void breaks() {
            Assertions.fail("on purpose");
        }

        @Test
        @Order(2)
        void standsOnIt() {}
    }

    static class Empty {}

    @Test
    void everyTestIsSaidAndCounted() {
        assertThat(run(Passes.class)).isZero();
        assertThat(said())
                .contains("ok    SuiteMainTest$Passes.isGood (")
                .contains("SKIPPED SuiteMainTest$Passes.isSkipped: not today\n")
                .endsWith("1 passed, 0 failed, 1 skipped\n");
    }

    @Test
    void aFailureShowsWhereAndFailsTheSuite() {
        assertThat(run(Passes.class, FailsInOrder.class)).isEqualTo(1);
        assertThat(said())
                .contains("FAILED SuiteMainTest$FailsInOrder.breaks (")
                .contains("on purpose\n\tat ")
                .contains("SKIPPED SuiteMainTest$FailsInOrder.standsOnIt: it stands on breaks, which failed\n")
                .endsWith("1 passed, 1 failed, 2 skipped\n");
    }

    @Test
    void theTestsThatFailedCanBeReadFromWhatIsSaid() {
        run(Passes.class, FailsInOrder.class);

        assertThat(said().lines().flatMap(line -> Report.failure(line).stream()))
                .containsExactly("SuiteMainTest$FailsInOrder");
    }

    @Test
    void whatFailedIsRunAgainWithWhatItStandsOn() {
        Suite suite = new Suite("word", "", List.of(Passes.class, FailsInOrder.class), List.of(Empty.class));

        assertThat(suite.again(Set.of("Passes")).all()).containsExactly(Passes.class);
        assertThat(suite.again(Set.of("FailsInOrder")).all()).containsExactly(FailsInOrder.class, Empty.class);
        assertThat(suite.again(Set.of("Empty")).all()).containsExactly(FailsInOrder.class, Empty.class);
        assertThat(suite.canBeBooted(Set.of("FailsInOrder"))).isFalse();
    }

    @Test
    void aSuiteInWhichNothingRanHasNotPassed() {
        assertThat(run(Empty.class)).isEqualTo(1);
    }

    @Test
    void everySuiteIsFoundByItsName() {
        assertThat(Suite.ALL)
                .allSatisfy(suite -> assertThat(Suite.named(suite.word())).contains(suite));
        assertThat(Suite.named("no-such-suite")).isEmpty();
        assertThat(Suite.names()).isEqualTo("host, qemu-kvm, cloud-hypervisor, operator, lvm");
    }
}
