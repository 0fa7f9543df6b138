package dev.minions.agent.guest;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;

/**
 * The pipe through which one output of a command comes: a named one, since those that Java makes by itself end with the
 * command. Java empties them into memory at its end, without limit if somebody it left behind writes on, and closes them,
 * which kills whoever writes later.
 */
final class OutputPipe {
    private final OutputPipes home;
    private final File file;
    private final RandomAccessFile keeper;
    private final FileInputStream input;

    OutputPipe(OutputPipes home, File file) throws IOException {
        this.home = home;
        this.file = file;
        this.keeper = new RandomAccessFile(file, "rw"); // a writer, so that the reader's open does not wait for one
        try {
            this.input = new FileInputStream(file);
        } catch (IOException e) {
            keeper.close();
            throw e;
        }
    }

    /** Where the command's output goes. */
    ProcessBuilder.Redirect redirect() {
        return ProcessBuilder.Redirect.to(file);
    }

    /** The command has it now, or will never have it: from here on the end of its last writer is the end. */
    void release() throws IOException {
        keeper.close();
    }

    /** What to do with each piece that comes. */
    interface Sink {
        void take(byte[] chunk, int length) throws InterruptedException;
    }

    /** Reads to the end, on the calling thread. */
    void drain(byte[] chunk, Sink sink) {
        boolean clean = false;
        try (InputStream in = input) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                sink.take(chunk, n);
            }
            clean = true;
        } catch (IOException e) {
            Log.say("read a command's output", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            home.giveBack(file, clean);
        }
    }

    /** Instead of draining, if there is no command. */
    void discard() throws IOException {
        keeper.close();
        input.close();
        home.giveBack(file, true);
    }
}
