package dev.minions.cli;

import dev.minions.Progress;
import dev.minions.ProgressListener;
import dev.minions.client.json.JsonShape;
import dev.minions.client.json.JsonText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What people and scripts see: results on standard output, everything else on standard error. Any thread.
 *
 * <p>On a terminal, progress is one line of standard error that is written over and over and gone in the end.
 */
final class Screen {
    private static final int WIDTH = 79;
    private static final long REDRAW_NANOS = 50_000_000;
    private static final String CLEAR = "\r\u001b[K";

    private final OutputStream out;
    private final OutputStream err;
    private final boolean outIsTerminal;
    private final boolean showsProgress;
    private boolean lineShown;
    private String step = "";
    private long drawn;

    Screen(Surroundings surroundings, boolean quiet) {
        out = surroundings.out();
        err = surroundings.err();
        outIsTerminal = surroundings.outIsTerminal();
        showsProgress = surroundings.errIsTerminal()
                && !quiet
                && !"dumb".equals(surroundings.variables().get("TERM"));
    }

    boolean outIsTerminal() {
        return outIsTerminal;
    }

    /** A line of the result. */
    void line(String text) {
        print(text + "\n");
    }

    /** A piece of the result. */
    void print(String text) {
        clearProgress();
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }

    void json(JsonShape shape) {
        line(shape.toJson());
    }

    void json(List<? extends JsonShape> shapes) {
        line(JsonText.of(shapes));
    }

    /** A sentence for people. Nothing is to be done about it if it cannot be written. */
    synchronized void say(String sentence) {
        clearProgress();
        error("minions: " + Text.cleanLines(sentence) + "\n");
    }

    /** Something for people that is more than a sentence. */
    synchronized void explain(String text) {
        clearProgress();
        error(text);
    }

    private void error(String text) {
        try {
            err.write(text.getBytes(StandardCharsets.UTF_8));
            err.flush();
        } catch (IOException nobodyListens) {
            // The exit code still says it.
        }
    }

    /** Shows how far something has come. */
    ProgressListener progress(String what) {
        return progress -> show(what, progress);
    }

    private synchronized void show(String what, Progress progress) {
        boolean newStep = !step.equals(progress.step());
        step = progress.step();
        long now = System.nanoTime();
        if (!showsProgress || (!newStep && now - drawn < REDRAW_NANOS)) {
            return;
        }
        drawn = now;
        lineShown = true;
        String text = Text.clean(what + ": " + progress.step());
        String percent = progress.fraction().isPresent()
                ? " " + Math.round(progress.fraction().getAsDouble() * 100) + " %"
                : "";
        int room = WIDTH - percent.length();
        error(CLEAR + (text.length() > room ? text.substring(0, room - 1) + "…" : text) + percent);
    }

    /** What was last heard to be done; empty if nothing was. */
    synchronized String lastStep() {
        return step;
    }

    synchronized void clearProgress() {
        if (lineShown) {
            lineShown = false;
            error(CLEAR);
        }
    }
}
