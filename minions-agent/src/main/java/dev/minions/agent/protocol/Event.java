package dev.minions.agent.protocol;

import org.jspecify.annotations.Nullable;

/** What an agent says unasked: a JSON object with a {@code type}, as requests have, and no {@code status}. */
public sealed interface Event {
    /** Writes {@code type} and all fields but {@code id}. */
    void write(FieldWriter out);

    /**
     * The whole frame of an event.
     *
     * @param id the command it is about, or null
     * @param event what happened
     */
    static byte[] encode(@Nullable Integer id, Event event) throws ProtocolException {
        FieldWriter out = new FieldWriter();
        event.write(out);
        return out.number("id", id).frame();
    }

    /**
     * Reads an event.
     *
     * @return null if this side does not know its type
     */
    static @Nullable Event parse(Fields fields) throws ProtocolException {
        return switch (fields.string("type")) {
            case Ready.TYPE -> new Ready(Answer.Identity.read(fields));
            case ExecExit.TYPE ->
                new ExecExit(fields.integer("exit_code"), fields.optionalInt("signal"), fields.bool("timed_out"));
            case InputWindow.TYPE -> new InputWindow(fields.integer("bytes"));
            default -> null;
        };
    }

    /**
     * The agent serves. Said at each attach, and to the host's ready port.
     *
     * @param identity who it is
     */
    record Ready(Answer.Identity identity) implements Event {
        static final String TYPE = "ready";

        @Override
        public void write(FieldWriter out) {
            out.string("type", TYPE);
            identity.writeFields(out);
        }
    }

    /**
     * A command of {@code exec_start} has ended. Its outputs may follow; each ends with an empty {@link StreamData}.
     *
     * @param exitCode what a shell would report, 0 to 255
     * @param signal the signal that ended it, or null
     * @param timedOut whether its time limit ended it
     */
    record ExecExit(int exitCode, @Nullable Integer signal, boolean timedOut) implements Event {
        static final String TYPE = "exec_exit";

        @Override
        public void write(FieldWriter out) {
            out.string("type", TYPE).number("exit_code", exitCode).number("signal", signal);
            out.bool("timed_out", timedOut);
        }
    }

    /**
     * Leave to send more of a command's input.
     *
     * @param bytes how many more
     */
    record InputWindow(int bytes) implements Event {
        static final String TYPE = "window";

        @Override
        public void write(FieldWriter out) {
            out.string("type", TYPE)
                    .string("stream", StreamData.Channel.STDIN.text())
                    .number("bytes", bytes);
        }
    }
}
