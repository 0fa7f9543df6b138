package dev.minions.cli;

import dev.minions.CallOptions;
import dev.minions.Minions;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.client.json.JsonShape;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One run of a command: what was typed, what is around, and the engine, which is opened when it is first used. */
final class Session implements AutoCloseable {
    private final Verb verb;
    private final Given given;
    private final Surroundings surroundings;
    private final Screen screen;
    private final Failures failures;
    private final Engines engines;
    private final Signals signals;
    private @Nullable Settings settings;
    private @Nullable Minions minions;

    Session(
            Verb verb,
            Given given,
            Surroundings surroundings,
            Screen screen,
            Failures failures,
            Signals signals,
            Engines engines) {
        this.verb = verb;
        this.given = given;
        this.surroundings = surroundings;
        this.screen = screen;
        this.failures = failures;
        this.engines = engines;
        this.signals = signals;
    }

    Given given() {
        return given;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Screen screen() {
        return screen;
    }

    Failures failures() {
        return failures;
    }

    Engines engines() {
        return engines;
    }

    Signals signals() {
        return signals;
    }

    boolean json() {
        return given.has(GlobalOptions.JSON);
    }

    boolean quiet() {
        return given.has(GlobalOptions.QUIET);
    }

    Settings settings() {
        if (settings == null) {
            settings = SettingsReader.read(given, surroundings);
        }
        return settings;
    }

    /** The engine; one of no VMs for a command that makes nothing, where there is no data directory. */
    Minions minions() {
        if (minions == null) {
            minions = verb.effect() == Verb.Effect.MAKES
                    ? engines.open(settings())
                    : engines.openExisting(settings())
                            .orElseGet(() -> new NoMinions(settings().project()));
        }
        return minions;
    }

    Vm vm(String nameOrId) {
        return minions().get(nameOrId);
    }

    /** Options with what holds for every change. */
    <T extends CallOptions<T>> T with(T options, String what) {
        return options.waitAtMost(settings().waitLimit()).onProgress(screen.progress(what));
    }

    /** Shows a result: JSON, or else a line, or else the name alone. */
    void show(VmInfo vm, Function<VmInfo, JsonShape> shape, String line) {
        if (json()) {
            screen.json(shape.apply(vm));
        } else {
            screen.line(quiet() ? vm.name().value() : line);
        }
    }

    /** What a command says that a signal ended. */
    MinionsException interruption(Throwable failure) {
        if (minions != null
                && failure instanceof MinionsException known
                && known.code() == ErrorCode.CALL_INTERRUPTED) {
            return known;
        }
        String outcome = minions == null ? "nothing was changed" : String.valueOf(failure.getMessage());
        return new MinionsException(
                ErrorCode.CALL_INTERRUPTED, verb.syntax().name() + ": interrupted; " + outcome, failure);
    }

    /** Lets go of the engine, which a late signal does not disturb. */
    @Override
    public void close() {
        signals.end();
        if (minions != null) {
            minions.close();
        }
    }
}
