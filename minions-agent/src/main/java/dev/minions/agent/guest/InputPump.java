package dev.minions.agent.guest;

import dev.minions.agent.protocol.Event;
import dev.minions.agent.protocol.ProtocolException;
import dev.minions.agent.protocol.StreamData;
import dev.minions.agent.protocol.StreamData.Channel;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Takes a command's input from the host to the command. What is on its way is bounded by what was granted. */
final class InputPump {
    /** Smaller than the window of outputs: it is the guest's memory. */
    static final int WINDOW = 64 * 1024;

    private final int id;
    private final Outbox.Lane lane;
    private final Deque<StreamData> pieces = new ArrayDeque<>();
    private int granted = WINDOW;
    private boolean ended;
    private boolean closed;

    InputPump(int id, Outbox.Lane lane) {
        this.id = id;
        this.lane = lane;
    }

    /** From the thread that serves; does not wait. */
    synchronized void add(StreamData piece) throws ProtocolException {
        if (piece.length() > granted) {
            throw new ProtocolException("the host sent " + piece.length() + " bytes of input for command " + id
                    + " and was granted " + granted);
        }
        granted -= piece.length();
        if (!ended && !closed && piece.length() > 0) {
            pieces.add(piece);
            notifyAll();
        }
    }

    /** No more will come. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** The command is over, or nobody cares any more. */
    synchronized void close() {
        closed = true;
        pieces.clear();
        notifyAll();
    }

    /** Until the end of the input or of the command. */
    void pump(OutputStream stdin) {
        try (stdin) {
            for (StreamData piece = next(); piece != null; piece = next()) {
                stdin.write(piece.payload(), StreamData.HEADER, piece.length());
                stdin.flush();
                grant(piece.length());
            }
        } catch (IOException e) {
            deaf(); // the command has closed its input, which is its right
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable StreamData next() throws InterruptedException {
        while (pieces.isEmpty() && !ended && !closed) {
            wait();
        }
        return pieces.poll();
    }

    private void grant(int bytes) throws IOException, InterruptedException {
        synchronized (this) {
            granted += bytes;
        }
        lane.put(Event.encode(id, new Event.InputWindow(bytes)));
    }

    private void deaf() {
        close();
        try {
            lane.put(StreamData.encode(Channel.STDIN, id, new byte[0], 0, 0));
        } catch (IOException e) {
            close(); // the host is gone as well
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
