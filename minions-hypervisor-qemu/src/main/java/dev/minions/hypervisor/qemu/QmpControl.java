package dev.minions.hypervisor.qemu;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.UnixStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Gives commands to a VMM, each over a connection of its own, on whichever of its control sockets is free. */
final class QmpControl {
    /** A socket that does not greet by then serves somebody else. */
    private static final Duration GREETING = Duration.ofMillis(300);

    /** One character device of many; none of its values is an object. */
    private static final Pattern CHARDEV = Pattern.compile("\\{[^{}]*}");

    private final VmmFiles files;

    QmpControl(VmmFiles files) {
        this.files = files;
    }

    /**
     * Gives a command to the VMM of this VM and no other.
     *
     * @return what it returned
     * @throws MinionsException {@code HYPERVISOR_ERROR} if it refuses or does not answer in time, whatever it does
     */
    JsonNode execute(String command, Duration within) {
        return execute(command, Map.of(), within);
    }

    /** The same with arguments, by name. */
    JsonNode execute(String command, Map<String, ?> arguments, Duration within) {
        String what =
                "send '" + command + "' to the qemu of vm " + files.place().vm();
        return converse(what, within, (qmp, deadline) -> qmp.execute(command, arguments, deadline));
    }

    /** Several commands over one connection, so that no event is missed between them. */
    @FunctionalInterface
    interface Conversation<T> {
        T with(Qmp qmp, long deadline) throws IOException;
    }

    /**
     * Speaks with the VMM of this VM and no other.
     *
     * @param what is done, for messages
     * @throws MinionsException {@code HYPERVISOR_ERROR} if it refuses or does not answer in time, whatever it does
     */
    <T> T converse(String what, Duration within, Conversation<T> conversation) {
        long deadline = System.nanoTime() + within.toNanos();
        try (Qmp qmp = open(deadline)) {
            String uuid =
                    qmp.execute("query-uuid", Map.of(), deadline).path("UUID").asString("");
            if (!uuid.equalsIgnoreCase(files.place().vm().toString())) {
                throw new IOException("it runs vm " + uuid);
            }
            return conversation.with(qmp, deadline);
        } catch (ClosedByInterruptException e) {
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, what + ": interrupted", e);
        } catch (SocketTimeoutException e) {
            throw new MinionsException(
                    ErrorCode.HYPERVISOR_ERROR, what + ": no answer within " + within.toMillis() + " ms", e);
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.HYPERVISOR_ERROR, what + ": " + e.getMessage(), e);
        }
    }

    /**
     * Whether nobody is connected to a socket of the VMM's at this moment.
     *
     * @param name the socket's name
     */
    boolean isUnused(String name, long deadline) throws IOException {
        try (Qmp qmp = open(deadline)) {
            Matcher matcher = CHARDEV.matcher(qmp.executeForLine("query-chardev", deadline));
            while (matcher.find()) {
                if (matcher.group().contains("\"label\": \"" + name + "\"")) {
                    return matcher.group().contains("\"disconnected:");
                }
            }
            throw new IOException("it has no socket '" + name + "'");
        }
    }

    private Qmp open(long deadline) throws IOException {
        int first = ThreadLocalRandom.current().nextInt(VmmFiles.CONTROL_SOCKETS);
        for (int i = first; ; i++) {
            long attempt = Math.min(deadline, System.nanoTime() + GREETING.toNanos());
            try {
                return begin(files.control(i % VmmFiles.CONTROL_SOCKETS), attempt);
            } catch (SocketTimeoutException e) {
                if (System.nanoTime() - deadline >= 0) {
                    throw e;
                }
            }
        }
    }

    private static Qmp begin(Path socket, long deadline) throws IOException {
        var qmp = new Qmp(UnixStream.connect(socket, deadline));
        boolean begun = false;
        try {
            qmp.begin(deadline);
            begun = true;
            return qmp;
        } finally {
            if (!begun) {
                qmp.close();
            }
        }
    }
}
