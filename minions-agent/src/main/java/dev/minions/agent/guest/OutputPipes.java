package dev.minions.agent.guest;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Named pipes for commands to write to, used again and again: Java cannot make one, and a process for each command's
 * pipes would cost more than many a command.
 */
final class OutputPipes {
    private static final int AT_ONCE = 8;
    private static final String PREFIX = "output-";

    private final Path directory;
    private final Deque<File> free = new ArrayDeque<>();
    private int made;

    OutputPipes(GuestRoot root) {
        this.directory = root.at("/run/minions-agent");
    }

    /** Makes some before they are needed, and removes those of an agent that was here before. */
    void prepare() {
        try {
            synchronized (this) {
                if (made == 0) {
                    removeOld();
                    make();
                }
            }
        } catch (IOException e) {
            Log.say("make pipes for commands", e); // tried again, and said to the host, with the first command
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized OutputPipe take() throws IOException, InterruptedException {
        if (free.isEmpty()) {
            make();
        }
        File file = free.removeFirst();
        return new OutputPipe(this, file);
    }

    private void removeOld() {
        File[] old = directory.toFile().listFiles((where, name) -> name.startsWith(PREFIX));
        for (File file : old == null ? new File[0] : old) {
            giveBack(file, false); // whoever still writes to it keeps it
        }
    }

    private void make() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        List<String> args = new ArrayList<>(List.of("-m", "600"));
        List<File> files = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            File file = directory
                    .resolve(PREFIX + ProcessHandle.current().pid() + "-" + made++)
                    .toFile();
            Files.deleteIfExists(file.toPath());
            files.add(file);
            args.add(file.getPath());
        }
        ShortCommand.run("", "mkfifo", args.toArray(new String[0]));
        free.addAll(files);
    }

    /** Back from a command; one that may still hold something is not used again. */
    void giveBack(File file, boolean clean) {
        if (!clean) {
            if (!file.delete()) {
                Log.say("'" + file + "' was not there any more");
            }
            return;
        }
        synchronized (this) {
            free.addLast(file);
        }
    }
}
