package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The host of {@link OperatorTest} after it was booted again: nobody has done anything there since. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperatorBootedTest {
    private static final Duration BOOT = Duration.ofMinutes(8);

    @RegisterExtension
    static final InOrder IN_ORDER = new InOrder();

    @Test
    @Order(1)
    void theVmThatRanRunsAgainOnItsBridgeAndTheOtherDoesNot() {
        Await.until(
                "web is started again",
                BOOT,
                () -> Installed.minions("info", "web", "--json").contains("\"state\":\"running\""));

        assertThat(Installed.minions("exec", "web", "--", "cat", "/root/word")).isEqualTo("before\n");
        assertThat(Installed.minions("info", "twin", "--json")).contains("\"state\":\"stopped\"");
        assertThat(LvmHost.run("nft", "list", "ruleset")).contains("minions");
    }

    @Test
    @Order(2)
    void nothingIsLeftOnceItIsTakenBack() throws IOException {
        Installed.minions("destroy", "web", "twin");
        assertThat(Installed.minions("init", "--undo")).contains("br0", "removed volume group");

        Map<String, String> host = Installed.host();
        List<String> differ = Files.readAllLines(OperatorTest.BEFORE).stream()
                .filter(line -> {
                    String[] was = line.split("=", 2);
                    return !was[1].equals(host.getOrDefault(was[0], "").replace("\n", "|"));
                })
                .toList();
        assertThat(differ).isEmpty();
    }
}
