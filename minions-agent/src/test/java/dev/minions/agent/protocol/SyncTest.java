package dev.minions.agent.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.agent.protocol.StreamData.Channel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SyncTest {
    private static final byte[] DELIMITER = "\u00FFminsync".getBytes(StandardCharsets.ISO_8859_1);
    private static final Sync MARK = Sync.fresh(Sync.Kind.HOST, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

    @Property(tries = 300)
    void aMarkIsFoundBehindAnyBytesHoweverTheyArrive(@ForAll @Size(max = 200) byte[] garbage, @ForAll Random random)
            throws IOException {
        byte[] stream = concat(garbage, MARK.encode(), new byte[] {42});
        SyncInput input = new SyncInput(new FrameReaderTest.Dribble(stream, random));
        assertThat(input.await()).isEqualTo(MARK);
        assertThat(input.read()).isEqualTo(42);
        assertThat(input.read()).isEqualTo(-1);
        assertThat(input.sync()).isNull();
    }

    @Property(tries = 100)
    void aMarkCutOffAnywhereDoesNotHideTheNext(@ForAll @IntRange(min = 0, max = 24) int cut, @ForAll Random random)
            throws IOException {
        Sync other = Sync.fresh(Sync.Kind.HOST, new byte[] {9, 9, 9, 9, 9, 9, 9, 9});
        byte[] stream = concat(java.util.Arrays.copyOf(other.encode(), cut), MARK.encode());
        SyncInput input = new SyncInput(new FrameReaderTest.Dribble(stream, random));
        assertThat(input.await()).isEqualTo(MARK);
    }

    @Property(tries = 300)
    void noFrameOfStreamDataContainsTheDelimiter(
            @ForAll @Size(max = 40) byte[] before,
            @ForAll @Size(max = 40) byte[] after,
            @ForAll @IntRange(min = 0, max = 7) int skip,
            @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int id)
            throws IOException {
        byte[] tail = java.util.Arrays.copyOfRange(DELIMITER, skip, DELIMITER.length);
        byte[] data = concat(tail, before, DELIMITER, DELIMITER, after, tail);
        for (int anId : new int[] {id, 255, id | 0xFF}) {
            byte[] frames = StreamData.encode(Channel.STDIN, anId, data, 0, data.length);
            assertThat(Sync.indexOfDelimiter(frames, frames.length)).isEqualTo(-1);
            assertThat(joined(frames, anId)).isEqualTo(data);
        }
    }

    private static byte[] joined(byte[] frames, int id) throws IOException {
        FrameReader reader = new FrameReader(new ByteArrayInputStream(frames), Duration.ofSeconds(10));
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (byte[] payload = reader.next(); payload != null; payload = reader.next()) {
            assertThat(StreamData.isStreamData(payload)).isTrue();
            StreamData piece = StreamData.parse(payload);
            assertThat(piece.id()).isEqualTo(id);
            assertThat(piece.isEnd()).isFalse();
            data.write(piece.payload(), StreamData.HEADER, piece.length());
        }
        return data.toByteArray();
    }

    @Property(tries = 100)
    void aFrameCutOffAnywhereEndsAtTheMarkAndTheNextIsReadWhole(
            @ForAll @IntRange(min = 0, max = 2000) int cut, @ForAll Random random) throws IOException {
        byte[] dead = StreamData.encode(Channel.STDIN, 7, new byte[2000], 0, 2000);
        byte[] next = Request.encode(null, new Request.HealthCheck());
        byte[] stream = concat(java.util.Arrays.copyOf(dead, cut), MARK.encode(), next);
        SyncInput input = new SyncInput(new FrameReaderTest.Dribble(stream, random));
        readUntilTheStreamEnds(input);
        assertThat(input.sync() == null ? input.await() : input.sync()).isEqualTo(MARK);
        input.proceed();
        byte[] payload = Objects.requireNonNull(new FrameReader(input, Duration.ofSeconds(10)).next());
        assertThat(new String(payload, StandardCharsets.UTF_8)).isEqualTo("{\"type\":\"health_check\"}");
    }

    private static void readUntilTheStreamEnds(SyncInput input) throws IOException {
        FrameReader frames = new FrameReader(input, Duration.ofSeconds(10));
        try {
            for (byte[] frame = frames.next(); frame != null; frame = frames.next()) {
                assertThat(frame).hasSize(2005); // its end is the beginning of the mark
            }
        } catch (ProtocolException e) {
            assertThat(e).hasMessageContaining("frame");
        }
    }

    @Test
    void dataBeforeAMarkIsStillDelivered() throws IOException {
        byte[] frame = Request.encode(null, new Request.HealthCheck());
        SyncInput input = new SyncInput(new ByteArrayInputStream(concat(frame, MARK.encode())));
        FrameReader frames = new FrameReader(input, Duration.ofSeconds(10));
        assertThat(frames.next()).isNotNull();
        assertThat(frames.next()).isNull();
        assertThat(input.sync()).isEqualTo(MARK);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
