package dev.minions.agent.guest;

import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.Fields;
import dev.minions.agent.protocol.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Files of the guest, written so that a power cut leaves the old or the new one, and on the disk when the call returns.
 */
final class GuestFiles {
    private static final int USUAL_MODE = 0644;
    private static final int MODE_BITS = 07777;
    private static final int DIRECTORY_MODE = 0755;
    private static final int SSH_DIRECTORY_MODE = 0700;

    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    /** Until it has its content and its owner. */
    private static final FileAttribute<?> FOR_ITS_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** One count for all: two writers of one file must not have one temporary file. */
    private static final AtomicInteger TEMPORARY = new AtomicInteger();

    private final GuestRoot root;

    GuestFiles(GuestRoot root) {
        this.root = root;
    }

    /** Writes what a host asks for; through a symbolic link, as an editor would. */
    void write(Request.WriteFile request) throws GuestFailure, IOException {
        Path file = path(request.path());
        Integer mode = request.mode();
        if (mode != null && (mode & ~MODE_BITS) != 0) {
            throw new GuestFailure(Failure.BAD_REQUEST, "mode " + Integer.toOctalString(mode) + " is no file's mode");
        }
        Path target = Files.exists(file) ? file.toRealPath() : file;
        if (Files.isDirectory(target)) {
            throw new GuestFailure(
                    Failure.BAD_REQUEST, "'" + Fields.printable(request.path()) + "' is a directory in the guest");
        }
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new GuestFailure( // a device would be replaced, and a pipe's reader waited for
                    Failure.BAD_REQUEST, "'" + Fields.printable(request.path()) + "' is no file in the guest");
        }
        Path parent = parent(target);
        makeDirectories(parent, request.path().contains("/.ssh/"));
        if (request.append() && Files.exists(target)) {
            append(target, request.content(), mode);
        } else {
            replace(target, request.content(), mode);
        }
    }

    private Path path(String path) throws GuestFailure {
        if (!path.startsWith("/") || path.endsWith("/") || path.indexOf(0) >= 0) {
            throw new GuestFailure(
                    Failure.BAD_REQUEST, "path '" + Fields.printable(path) + "' is not the absolute path of a file");
        }
        return root.at(path);
    }

    private static Path parent(Path file) throws GuestFailure {
        Path parent = file.getParent();
        if (parent == null) {
            throw new GuestFailure(Failure.BAD_REQUEST, "the root directory is no file");
        }
        return parent;
    }

    /** Puts a file in the place of another at one instant; owner and mode stay unless a mode is given. */
    void replace(Path target, byte[] content, @Nullable Integer mode) throws IOException {
        Path directory = target.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException("the root directory is no file");
        }
        Path next = directory.resolve("." + target.getFileName() + ".minions-" + TEMPORARY.incrementAndGet());
        Files.deleteIfExists(next); // of an agent that was killed, or a link that somebody laid there
        boolean done = false;
        try {
            try (FileChannel channel = FileChannel.open(next, NEW, FOR_ITS_OWNER)) {
                int chosen = mode != null ? mode : Files.exists(target) ? mode(target) : USUAL_MODE;
                takeOwner(next, Files.exists(target) ? target : directory, Files.exists(target));
                writeAll(channel, content);
                Files.setAttribute(next, "unix:mode", chosen); // after the owner, whose change takes set-user-id away
                channel.force(true);
            }
            Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
            done = true;
        } finally {
            if (!done) {
                Files.deleteIfExists(next);
            }
        }
        sync(directory);
    }

    private static void append(Path target, byte[] content, @Nullable Integer mode) throws IOException {
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.APPEND)) {
            writeAll(channel, content);
            if (mode != null) {
                Files.setAttribute(target, "unix:mode", mode);
            }
            channel.force(true);
        }
    }

    private static void writeAll(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static int mode(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:mode") & MODE_BITS;
    }

    /** What replaces a file is its owner's; what is new in a user's {@code .ssh} is the user's, or sshd ignores it. */
    private static void takeOwner(Path file, Path model, boolean always) throws IOException {
        if (always || model.endsWith(".ssh")) {
            Object uid = Files.getAttribute(model, "unix:uid");
            Object gid = Files.getAttribute(model, "unix:gid");
            if (!uid.equals(Files.getAttribute(file, "unix:uid"))
                    || !gid.equals(Files.getAttribute(file, "unix:gid"))) {
                Files.setAttribute(file, "unix:uid", uid);
                Files.setAttribute(file, "unix:gid", gid);
            }
        }
    }

    /** Makes a directory and those above it; {@code .ssh} for its owner alone. */
    void makeDirectories(Path directory, boolean ssh) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path above = directory.getParent();
        if (above != null) {
            makeDirectories(above, ssh);
        }
        Files.createDirectory(directory);
        boolean secret = ssh && directory.endsWith(".ssh");
        Files.setAttribute(directory, "unix:mode", secret ? SSH_DIRECTORY_MODE : DIRECTORY_MODE);
        if (secret && above != null) {
            takeOwner(directory, above, true);
        }
        if (above != null) {
            sync(above);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    Answer.FileContent read(Request.ReadFile request) throws GuestFailure, IOException {
        Path file = path(request.path());
        if (!Files.isRegularFile(file)) {
            boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
            throw new GuestFailure(
                    there ? Failure.BAD_REQUEST : Failure.NOT_FOUND,
                    "'" + Fields.printable(request.path()) + "' is " + (there ? "no file" : "not") + " in the guest");
        }
        if (request.offset() < 0) {
            throw new GuestFailure(Failure.BAD_REQUEST, "field 'offset' is " + request.offset());
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(Math.min(request.limit(), Request.ReadFile.MAX_PIECE));
            long at = request.offset();
            int n = channel.read(buffer, at);
            while (n > 0 && buffer.hasRemaining()) {
                n = channel.read(buffer, at + buffer.position());
            }
            byte[] content = new byte[buffer.position()];
            buffer.flip().get(content);
            return new Answer.FileContent(channel.size(), content);
        }
    }
}
