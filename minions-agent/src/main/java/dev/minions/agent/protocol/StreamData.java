package dev.minions.agent.protocol;

import java.util.Arrays;
import java.util.Locale;

/**
 * A piece of a command's input or output: a frame whose payload does not begin with <code>{</code>. One byte says which
 * stream, four bytes which command, the rest is data; a piece without data is the end of that stream.
 *
 * @param channel which of the command's streams
 * @param id the command's id, as its {@code exec_start} had it
 * @param payload the frame's payload, its first {@link #HEADER} bytes included, so that nothing is copied
 */
@SuppressWarnings("ArrayRecordComponent") // a view of one frame on its way through, never compared
public record StreamData(Channel channel, int id, byte[] payload) {
    /** How many bytes of the payload stand before the data. */
    public static final int HEADER = 5;

    /** The most data a sender puts into one piece: with both headers it fits a virtio-serial buffer of 32 KiB. */
    public static final int MAX_DATA = 32 * 1024 - HEADER - 4;

    private static final int FRAME_HEADER = 4 + HEADER;

    /** A command's three streams. */
    public enum Channel {
        /** From the host to the command. */
        STDIN(1),
        /** From the command to the host. */
        STDOUT(2),
        /** From the command to the host. */
        STDERR(3);

        private static final Channel[] ALL = values();

        private final byte number;
        private final String text = name().toLowerCase(Locale.ROOT);

        Channel(int number) {
            this.number = (byte) number;
        }

        /** The word for it in JSON. */
        public String text() {
            return text;
        }
    }

    /** Whether a payload is such a piece; else it is JSON. */
    public static boolean isStreamData(byte[] payload) {
        return payload.length > 0 && payload[0] > 0 && payload[0] <= Channel.ALL.length;
    }

    /**
     * Reads a payload of which {@link #isStreamData} is true.
     *
     * @throws ProtocolException if it is too short to say whose data it is
     */
    public static StreamData parse(byte[] payload) throws ProtocolException {
        if (payload.length < HEADER) {
            throw new ProtocolException(
                    "a piece of stream data has " + payload.length + " bytes, its header " + HEADER);
        }
        int id = 0;
        for (int i = 1; i < HEADER; i++) {
            id = (id << 8) | (payload[i] & 0xFF);
        }
        return new StreamData(Channel.ALL[payload[0] - 1], id, payload);
    }

    /** How many bytes of data it carries. */
    public int length() {
        return payload.length - HEADER;
    }

    /** Whether it is the end of its stream. */
    public boolean isEnd() {
        return payload.length == HEADER;
    }

    /**
     * Makes the frame, length and all, of a piece. Data that contains the delimiter of {@link Sync} is cut inside it and
     * becomes two frames one after the other, so that no frame ever contains the delimiter.
     *
     * @param channel which stream
     * @param id which command
     * @param data where the data is; an empty piece is the end of the stream
     * @param offset where it begins
     * @param length how long it is
     * @return one or more whole frames
     */
    public static byte[] encode(Channel channel, int id, byte[] data, int offset, int length) {
        byte[] frame = one(channel, id, data, offset, length);
        int found = Sync.indexOfDelimiter(frame, frame.length);
        if (found < 0) {
            return frame;
        }
        int head = found + Sync.DELIMITER_LENGTH - 1 - FRAME_HEADER; // all but the delimiter's last byte
        byte[] first = one(channel, id, data, offset, head);
        byte[] rest = encode(channel, id, data, offset + head, length - head);
        byte[] both = Arrays.copyOf(first, first.length + rest.length);
        System.arraycopy(rest, 0, both, first.length, rest.length);
        return both;
    }

    private static byte[] one(Channel channel, int id, byte[] data, int offset, int length) {
        byte[] frame = new byte[FRAME_HEADER + length];
        putInt(frame, 0, HEADER + length);
        frame[4] = channel.number;
        putInt(frame, 5, id);
        System.arraycopy(data, offset, frame, FRAME_HEADER, length);
        return frame;
    }

    static void putInt(byte[] target, int at, int value) {
        target[at] = (byte) (value >>> 24);
        target[at + 1] = (byte) (value >>> 16);
        target[at + 2] = (byte) (value >>> 8);
        target[at + 3] = (byte) value;
    }
}
