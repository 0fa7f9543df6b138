package dev.minions.core.image;

import dev.minions.Progress;
import dev.minions.ProgressListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Understands what mmdebstrap and the programs below it print: how far they have come, and, if they fail, why. Told by
 * one thread.
 */
final class BootstrapLog implements Consumer<String> {
    /** How the line begins with which mmdebstrap starts a stage, and what the stage is called. */
    private static final Map<String, String> STAGES = Map.of(
            "I: running apt-get update", "fetching package lists",
            "I: downloading packages", "fetching packages",
            "I: extracting archives", "unpacking the base",
            "I: installing essential packages", "installing the base",
            "I: installing remaining packages", "installing packages",
            "I: running --essential-hook in shell", "fetching packages",
            "I: running --customize-hook in shell", "settling the configuration",
            "I: creating tarball", "packing the root file system",
            "minions: ", "");

    private static final Pattern COUNT = Pattern.compile("\\d+ upgraded, (\\d+) newly installed,.*");
    private static final Pattern NETWORK = Pattern.compile(
            ".*(Temporary failure resolving|Could not resolve|Could not connect|Unable to connect|Connection timed out"
                    + "|Connection failed|Connection reset|Connection refused|Network is unreachable|Hash Sum mismatch"
                    + "|unexpected size|File has unexpected|Failed to fetch|\\b50[0234] +[A-Z]).*");
    private static final int REASONS = 4;
    private static final int LAST_LINES = 6;
    private static final int LONGEST_REASON = 300;

    private final ProgressListener progress;
    private final List<String> errors = new ArrayList<>();
    private final Deque<String> last = new ArrayDeque<>();
    private boolean networkFault;
    private String stage = "";
    private int expected;
    private int done;

    BootstrapLog(ProgressListener progress) {
        this.progress = progress;
    }

    @Override
    public void accept(String line) {
        remember(line);
        Matcher count = COUNT.matcher(line);
        if (count.matches()) {
            expected = Integer.parseInt(count.group(1));
            done = 0;
        } else if (line.startsWith("Setting up ") || line.startsWith("Unpacking ")) {
            advance(2 * expected); // each package is unpacked and set up
        } else if (line.startsWith("Get:")) {
            advance(expected);
        } else {
            STAGES.forEach((prefix, name) -> {
                if (line.startsWith(prefix)) {
                    begin(name.isEmpty() ? line.substring(prefix.length()) : name);
                }
            });
        }
    }

    private void begin(String name) {
        stage = name;
        done = 0;
        progress.step(name);
    }

    private void advance(int all) {
        done++;
        if (all > 0 && !stage.isEmpty()) {
            progress.onProgress(Progress.of(stage, (double) done / all));
        }
    }

    private void remember(String line) {
        String text = line.strip();
        if (text.isEmpty()) {
            return;
        }
        networkFault |= NETWORK.matcher(text).matches();
        String bounded = text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) + "…" : text;
        boolean error = text.startsWith("E: ") || text.startsWith("dpkg: error") || text.startsWith("mke2fs: ");
        if (error && errors.size() < REASONS && !errors.contains(bounded)) {
            errors.add(bounded);
        }
        last.addLast(bounded);
        if (last.size() > LAST_LINES) {
            last.removeFirst();
        }
    }

    /** Whether something came over the network late, broken or not at all, so that another try may do better. */
    boolean networkFault() {
        return networkFault;
    }

    /** Why it failed, in its own words: its errors, else the last it said. */
    String reason() {
        Collection<String> lines = errors.isEmpty() ? last : errors;
        return lines.isEmpty() ? "it said nothing" : String.join("; ", lines);
    }
}
