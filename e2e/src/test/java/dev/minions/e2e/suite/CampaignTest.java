package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.testkit.kill.KillSample;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CampaignTest {
    @Test
    void whatIsNotSaidIsDrawnOrUsual() {
        assertThat(Campaign.sample(List.of("kill"), 5)).contains(new KillSample(5, 20));
        assertThat(Campaign.sample(List.of("kill", "--seed", "7", "--sample", "0"), 5))
                .contains(new KillSample(7, 0));
    }

    @Test
    void whatIsToldToTheHostIsReadThereAsTheSame() {
        KillSample sample = new KillSample(123, 4);

        assertThat(Campaign.sample(Campaign.words(sample), 5)).contains(sample);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hang",
                "kill --seed",
                "kill --seed x",
                "kill --sample -1",
                "kill --sample 99999999999",
                "kill --sede 1"
            })
    void anythingElseIsRefused(String words) {
        assertThat(Campaign.sample(List.of(words.split(" ", -1)), 5)).isEmpty();
    }
}
