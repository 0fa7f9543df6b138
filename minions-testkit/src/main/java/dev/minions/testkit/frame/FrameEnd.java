package dev.minions.testkit.frame;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where Ethernet frames are written and read as they are. Java itself can open no such device; Perl can, and is on every
 * Debian. Needs root, or a user namespace with the device in it. For one thread.
 */
public final class FrameEnd implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final Process process;
    private final DataOutputStream out;
    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

    private FrameEnd(String kind, String device) throws IOException {
        process = new ProcessBuilder("perl", script().toString(), kind, device)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = new DataOutputStream(process.getOutputStream());
        var in = new DataInputStream(process.getInputStream());
        in.readInt(); // it has opened the device
        Thread.ofPlatform().daemon().start(() -> receive(in));
    }

    /** The guest's end of a TAP device, as a VMM has it open. */
    public static FrameEnd ofTap(String device) throws IOException {
        return new FrameEnd("tap", device);
    }

    /** Hears what passes a device of the host. */
    public static FrameEnd listeningTo(String device) throws IOException {
        return new FrameEnd("packet", device);
    }

    private static Path script() throws IOException {
        try (InputStream in = FrameEnd.class.getResourceAsStream("frames.pl")) {
            Path file = Files.createTempFile("frames", ".pl");
            file.toFile().deleteOnExit();
            Files.write(file, Objects.requireNonNull(in).readAllBytes());
            return file;
        }
    }

    /** Sends a frame. */
    public void send(byte[] frame) throws IOException {
        out.writeInt(frame.length);
        out.write(frame);
        out.flush();
    }

    /** The first frame that is wanted; null if none comes within two seconds. */
    public byte @Nullable [] await(Predicate<byte[]> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            byte[] frame = received.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (frame == null || wanted.test(frame)) {
                return frame;
            }
        }
    }

    private void receive(DataInputStream in) {
        try {
            while (true) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                received.add(frame);
            }
        } catch (EOFException e) {
            received.add(new byte[64]);
        } catch (IOException e) {
            received.clear();
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
        process.destroy();
        process.onExit().join();
    }
}
