package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.cli.CliFixture.Outcome;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignalsTest {
    @TempDir
    private Path directory;

    private CliFixture cli;

    @BeforeEach
    void setUp() {
        cli = new CliFixture(directory);
    }

    @Test
    void aSignalInterruptsTheWorkWhichUndoesAndTheCodeSaysSo() {
        CompletableFuture<Outcome> run = CompletableFuture.supplyAsync(() -> cli.run("create", "a", "--image", "slow"));
        Await.until("it creates", () -> cli.minions.notes().contains("creating a"));
        cli.signals.accept(15);
        assertThat(run.join())
                .isEqualTo(new Outcome(143, "", "minions: create vm 'a': interrupted at 'cloning disk'; undone\n"));
        assertThat(cli.minions.notes()).containsExactly("creating a", "undoing a", "undone a", "closed");
    }

    @Test
    void afterASignalNoOtherNameHasItsTurn() {
        CompletableFuture<Outcome> run =
                CompletableFuture.supplyAsync(() -> cli.run("create", "a", "b", "--image", "slow", "--json"));
        Await.until("it creates", () -> cli.minions.notes().contains("creating a"));
        cli.signals.accept(2);
        Outcome outcome = run.join();
        assertThat(outcome.code()).isEqualTo(130);
        assertThat(outcome.out()).hasLineCount(1).contains("\"code\":\"call-interrupted\",\"kind\":\"interrupted\"");
        assertThat(cli.minions.notes()).doesNotContain("creating b");
    }

    @Test
    void aSignalThatComesBeforeAnythingIsOpenIsToldLikeAnyOther() {
        cli.engines.onOpen(() -> {
            cli.signals.accept(2);
            throw new IllegalArgumentException("configuration cannot be read: ClosedByInterruptException");
        });
        Outcome outcome = cli.run("create", "a", "--json");
        assertThat(outcome)
                .isEqualTo(new Outcome(
                        130,
                        "{\"error\":{\"code\":\"call-interrupted\",\"kind\":\"interrupted\",\"message\":\"create:"
                                + " interrupted; nothing was changed\",\"operation\":null,\"leftovers\":[]}}\n",
                        "minions: create: interrupted; nothing was changed\n"));
    }

    @Test
    void aSignalLeavesNoInterruptToTheEndOfTheProgram() {
        cli.engines.onOpen(() -> cli.signals.accept(15));
        assertThat(cli.run("create", "a", "--image", "slow").code()).isEqualTo(143);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aSignalThatComesWhenAllIsDoneChangesNothing() {
        assertThat(cli.run("create", "a").code()).isZero();
        cli.signals.accept(2);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void commandsThatOnlyReadDieOfASignalAsEveryProgramDoes() {
        cli.run("list");
        cli.signals.accept(2);
        assertThat(cli.run("list").code()).isZero();
    }
}
