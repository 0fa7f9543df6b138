package dev.minions.agent.guest;

import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.Request;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the guest's file systems stand still, never for longer than was asked. Should the agent itself be killed
 * meanwhile, a shell started before lets go in its place.
 */
final class Freezer {
    private static final Set<String> KINDS = Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs");
    private static final int LAST_RESORT_SECONDS = 4;

    private final GuestRoot root;
    private @Nullable Held held;

    Freezer(GuestRoot root) {
        this.root = root;
    }

    private record Held(List<String> mounts, Process lastResort, Thread timer) {}

    /** Freezes them all, or none. */
    synchronized void freeze(int holdMillis) throws GuestFailure, IOException, InterruptedException {
        if (holdMillis < 1 || holdMillis > Request.Freeze.MAX_HOLD_MILLIS) {
            throw new GuestFailure(
                    Failure.BAD_REQUEST,
                    "field 'hold_ms' is " + holdMillis + ", not 1 to " + Request.Freeze.MAX_HOLD_MILLIS);
        }
        if (held != null) {
            throw new GuestFailure(Failure.BUSY, "the guest is frozen already");
        }
        List<String> mounts = mounts();
        Process lastResort = lastResort(mounts);
        List<String> frozen = new ArrayList<>();
        try {
            for (String mount : mounts) {
                ShortCommand.run("", "fsfreeze", "--freeze", mount);
                frozen.add(0, mount);
            }
        } catch (IOException e) {
            thaw(frozen);
            lastResort.destroyForcibly();
            throw e;
        }
        held = new Held(frozen, lastResort, Threads.start("thaw", () -> thawAfter(holdMillis)));
    }

    /** Thaws before the time. */
    void thaw() throws GuestFailure, IOException, InterruptedException {
        Held mine = take();
        if (mine == null) {
            throw new GuestFailure(Failure.FAILED, "the guest is not frozen: its time was over");
        }
        mine.timer().interrupt();
        release(mine);
    }

    private synchronized @Nullable Held take() {
        Held mine = held;
        held = null;
        return mine;
    }

    private void thawAfter(int holdMillis) {
        try {
            TimeUnit.MILLISECONDS.sleep(holdMillis);
            Held mine = take();
            if (mine != null) {
                release(mine);
            }
        } catch (InterruptedException e) {
            return; // thawed already
        } catch (IOException e) {
            Log.say("thaw", e);
        }
    }

    private static void release(Held mine) throws IOException, InterruptedException {
        thaw(mine.mounts());
        mine.lastResort().destroyForcibly();
    }

    /** All of them, whatever becomes of one. */
    private static void thaw(List<String> mounts) throws IOException, InterruptedException {
        IOException failed = null;
        for (String mount : mounts) {
            try {
                ShortCommand.run("", "fsfreeze", "--unfreeze", mount);
            } catch (IOException e) {
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private static Process lastResort(List<String> mounts) throws IOException {
        List<String> argv = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                "sleep " + LAST_RESORT_SECONDS + "; for m; do fsfreeze --unfreeze \"$m\"; done",
                "sh"));
        List<String> reversed = new ArrayList<>(mounts);
        Collections.reverse(reversed);
        argv.addAll(reversed);
        return new ProcessBuilder(argv)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** What is mounted for writing, each device once, in the order of mounting. */
    private List<String> mounts() {
        Map<String, String> byDevice = new LinkedHashMap<>();
        String text = root.text("/proc/mounts");
        for (String line : text == null ? new String[0] : text.split("\n", -1)) {
            String[] columns = line.split(" ", -1);
            if (columns.length > 3 && KINDS.contains(columns[2]) && ("," + columns[3] + ",").contains(",rw,")) {
                byDevice.putIfAbsent(columns[0], columns[1].replace("\\040", " "));
            }
        }
        List<String> mounts = new ArrayList<>(byDevice.values());
        Collections.reverse(
                mounts); // the root last: what lies on it may have to be written for the others to stand still
        return mounts;
    }
}
