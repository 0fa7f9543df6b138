package dev.minions.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.testkit.kill.Change;
import dev.minions.testkit.kill.KillCampaign;
import dev.minions.testkit.kill.KillSample;
import dev.minions.testkit.kill.Survey;
import dev.minions.testkit.kill.Tally;
import dev.minions.testkit.kill.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each change of a VM in a JVM that is killed by {@code SIGKILL}, on SQLite, lock files, directories and processes. The
 * points are those of the change made once unharmed. As a JVM takes its time, a few points of each change are drawn:
 * {@code -Dminions.kill.sample=0} takes them all, {@code -Dminions.kill.seed=N} draws others.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class KilledJvmTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void aChangeWhoseJvmIsKilledIsDoneOrUndoneByTheNextChangeOfAnotherJvm(Change change) throws IOException {
        DiskHost host = DiskHost.make(directory);
        KillCampaign campaign = new KillCampaign(host);
        Survey survey = campaign.survey(change);
        assertThat(survey.points()).hasSizeGreaterThan(10);
        Tally tally = Tally.of(survey.points().size());
        for (KillSample.Drawn drawn : sample().draw(Map.of(change, survey.points()))) {
            Verdict verdict = campaign.kill(change, survey, drawn.point());
            assertThat(verdict.isGood())
                    .as("%s at %s: %s", change, drawn.point(), verdict)
                    .isTrue();
            host.requireNothingLeaked();
            tally = tally.plus(verdict);
        }
        System.out.printf("kill %s: %s%n", change, tally);
    }

    private static KillSample sample() {
        return new KillSample(
                Long.getLong("minions.kill.seed", 20_261_121L), Integer.getInteger("minions.kill.sample", 4));
    }

    /** That whoever looks on a host sees what is there. */
    @ParameterizedTest
    @EnumSource(names = {"CREATE", "SNAPSHOT", "DESTROY", "COPY"})
    void whatAChangeMakesIsSeen(Change change) throws IOException {
        DiskHost host = DiskHost.make(directory);
        Survey survey = new KillCampaign(host).survey(change);

        assertThat(survey.before()).isNotEqualTo(survey.after());
        assertThat(List.of(survey.before(), survey.after()))
                .anySatisfy(lines -> assertThat(lines).anyMatch(line -> line.startsWith("vm web ")))
                .anySatisfy(lines -> assertThat(lines).anyMatch(line -> line.startsWith("file ")));
    }

    @Test
    void aCampaignSeesWhatIsLeftAndWhatIsGone() throws IOException {
        DiskHost host = DiskHost.make(directory);

        assertThat(killedWith(host, () -> Files.createFile(directory.resolve("data/stray"))))
                .satisfies(verdict -> assertThat(verdict.isGood()).isFalse())
                .extracting(Verdict::leaked, InstanceOfAssertFactories.list(String.class))
                .anyMatch(line -> line.endsWith("/stray"))
                .anyMatch(line -> line.endsWith("/stray, which outlasts the VM"));
        assertThat(killedWith(
                        host, () -> Files.delete(host.disk(host.vms().get(0).id()))))
                .satisfies(verdict -> assertThat(verdict.isGood()).isFalse())
                .extracting(Verdict::lost, InstanceOfAssertFactories.list(String.class))
                .anyMatch(line -> line.endsWith("/ID-root"));
    }

    /** A kill of a rename, and damage that somebody does before the recovery. */
    private static Verdict killedWith(DiskHost host, Executable damage) {
        KillCampaign campaign = new KillCampaign(new DamagedHost(host, damage));
        Survey survey = campaign.survey(Change.RENAME);
        return campaign.kill(Change.RENAME, survey, survey.points().getLast());
    }
}
