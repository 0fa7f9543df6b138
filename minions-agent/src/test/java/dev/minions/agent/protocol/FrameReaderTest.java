package dev.minions.agent.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Property(tries = 200)
    void whateverIsFramedIsReadBackHoweverTheBytesArrive(
            @ForAll @Size(max = 8) List<@Size(max = 3000) byte[]> payloads, @ForAll Random random) throws IOException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (byte[] payload : payloads) {
            stream.writeBytes(framed(payload.length, payload));
        }
        FrameReader reader = new FrameReader(new Dribble(stream.toByteArray(), random), PATIENCE);
        List<byte[]> read = new ArrayList<>();
        for (byte[] payload = reader.next(); payload != null; payload = reader.next()) {
            read.add(payload);
        }
        assertThat(read).usingElementComparator(java.util.Arrays::compare).isEqualTo(payloads);
    }

    @Test
    void aFrameOfExactlyTheLimitIsRead() throws IOException {
        byte[] payload = new byte[FrameReader.MAX_LENGTH];
        FrameReader reader = reader(framed(payload.length, payload));
        assertThat(reader.next()).isEqualTo(payload);
    }

    @Property(tries = 50)
    void aLengthAboveTheLimitIsRefusedWithoutReadingOn(@ForAll @IntRange(min = 0, max = Integer.MAX_VALUE) int beyond) {
        int length = FrameReader.MAX_LENGTH + 1 + beyond; // wraps into what is negative as an int, on purpose
        FrameReader reader = reader(framed(length, new byte[0]));
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(reader::next)
                .withMessage("a frame claims " + Integer.toUnsignedString(length) + " bytes; 1048576 are the most");
    }

    @Test
    void aLengthThatNothingFollowsTakesNoMemory() {
        Recorder input = new Recorder(framed(FrameReader.MAX_LENGTH, new byte[10]));
        FrameReader reader = new FrameReader(input, PATIENCE);
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(reader::next)
                .withMessage("the stream ended after 10 of 1048576 bytes of a frame");
        assertThat(input.largest).isLessThanOrEqualTo(32 * 1024);
    }

    @Test
    void aHeaderThatIsCutOffIsSaid() {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(reader(new byte[] {0, 0})::next)
                .withMessageContaining("after 2 of 4 bytes");
    }

    @Test
    void theEndBetweenFramesIsNoError() throws IOException {
        FrameReader reader = reader(framed(2, new byte[2]));
        assertThat(reader.next()).hasSize(2);
        assertThat(reader.next()).isNull();
    }

    @Test
    void aFrameThatDribblesInForTooLongIsRefused() {
        InputStream slow = new Dribble(framed(5000, new byte[5000]), new Random(1));
        FrameReader reader = new FrameReader(slow, Duration.ZERO);
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(reader::next)
                .withMessageContaining("was not complete after");
    }

    private static FrameReader reader(byte[] bytes) {
        return new FrameReader(new ByteArrayInputStream(bytes), PATIENCE);
    }

    static byte[] framed(int length, byte[] payload) {
        byte[] frame = new byte[4 + payload.length];
        StreamData.putInt(frame, 0, length);
        System.arraycopy(payload, 0, frame, 4, payload.length);
        return frame;
    }

    /** Gives a few bytes at a time. */
    static final class Dribble extends InputStream {
        private final ByteArrayInputStream bytes;
        private final Random random;

        Dribble(byte[] bytes, Random random) {
            this.bytes = new ByteArrayInputStream(bytes);
            this.random = random;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return bytes.read(target, offset, Math.min(length, 1 + random.nextInt(7)));
        }
    }

    private static final class Recorder extends InputStream {
        private final ByteArrayInputStream bytes;
        private int largest;

        Recorder(byte[] bytes) {
            this.bytes = new ByteArrayInputStream(bytes);
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            largest = Math.max(largest, target.length);
            return bytes.read(target, offset, length);
        }
    }
}
