package dev.minions.agent.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A request about a command whose streams travel while it runs. Its id is the command's: the host chooses it, and does
 * not use it again before the command has ended and both its outputs have. Only {@link ExecStart} is answered; the others
 * may cross the command's end, and are then without effect.
 */
public sealed interface StreamRequest extends Request {
    /** Reads a request of this family; null if it is none. */
    static @Nullable StreamRequest parse(Fields fields) throws ProtocolException {
        return switch (fields.string("type")) {
            case ExecStart.TYPE ->
                new ExecStart(CommandSpec.read(fields), fields.bool("stdin"), fields.integer("window"));
            case ExecStdinClose.TYPE -> new ExecStdinClose();
            case ExecSignal.TYPE -> new ExecSignal(fields.integer("signal"));
            case ExecClose.TYPE -> new ExecClose();
            case Window.TYPE -> Window.read(fields);
            default -> null;
        };
    }

    /**
     * A command whose streams travel as {@link StreamData} while it runs. The request's id is the command's.
     *
     * @param command what to run
     * @param stdin whether the host will send input; else it is empty
     * @param window how many bytes of each output the agent may send before the host grants more
     */
    record ExecStart(CommandSpec command, boolean stdin, int window) implements StreamRequest {
        static final String TYPE = "exec_start";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {
            command.write(out);
            out.bool("stdin", stdin).number("window", window);
        }
    }

    /** The end of the command's input. */
    record ExecStdinClose() implements StreamRequest {
        static final String TYPE = "exec_stdin_close";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {}
    }

    /**
     * A signal for the command and all of its process group.
     *
     * @param signal its number in the guest
     */
    record ExecSignal(int signal) implements StreamRequest {
        static final String TYPE = "exec_signal";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {
            out.number("signal", signal);
        }
    }

    /** The host has lost interest: the command is killed if it runs, what it still writes is dropped. */
    record ExecClose() implements StreamRequest {
        static final String TYPE = "exec_close";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {}
    }

    /**
     * Leave to send more of an output.
     *
     * @param channel which one
     * @param bytes how many more
     */
    record Window(StreamData.Channel channel, int bytes) implements StreamRequest {
        static final String TYPE = "window";

        static Window read(Fields fields) throws ProtocolException {
            String name = fields.string("stream");
            for (StreamData.Channel channel : StreamData.Channel.values()) {
                if (channel.text().equals(name)) {
                    return new Window(channel, fields.integer("bytes"));
                }
            }
            throw new ProtocolException("field 'stream' is '" + Fields.printable(name) + "', not a stream's name");
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {
            out.string("stream", channel.text()).number("bytes", bytes);
        }
    }
}
