package dev.minions.agent.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a host asks of an agent. Each kind is a record that knows its {@code type} on the wire and its fields.
 *
 * <p>A request may carry an {@code id}; its answer then carries the same one and may overtake others. Requests without
 * one are answered in the order in which they came, as existing hosts expect.
 */
public sealed interface Request
        permits StreamRequest,
                Request.HealthCheck,
                Request.ConfigureNetwork,
                Request.Exec,
                Request.ReportStatus,
                Request.WriteFile,
                Request.Hello,
                Request.ReadFile,
                Request.SetIdentity,
                Request.SyncTime,
                Request.Shutdown,
                Request.Freeze,
                Request.Thaw {
    /** The word on the wire. */
    String type();

    /** Writes all fields but {@code type} and {@code id}. Fields an existing agent knows are always written. */
    void write(FieldWriter out);

    /**
     * The whole frame of a request.
     *
     * @param id what the answer is to carry, or null for an answer in order
     * @param request what is asked
     * @throws ProtocolException if it is too long for a frame
     */
    static byte[] encode(@Nullable Integer id, Request request) throws ProtocolException {
        FieldWriter json = new FieldWriter().string("type", request.type()).number("id", id);
        request.write(json);
        return json.frame();
    }

    /**
     * Reads a request.
     *
     * @return null if this side does not know its type
     * @throws ProtocolException if a field is missing or not what it must be
     */
    static @Nullable Request parse(Fields fields) throws ProtocolException {
        return switch (fields.string("type")) {
            case HealthCheck.TYPE -> new HealthCheck();
            case ConfigureNetwork.TYPE -> ConfigureNetwork.read(fields);
            case Exec.TYPE -> new Exec(CommandSpec.read(fields));
            case ReportStatus.TYPE -> new ReportStatus();
            case WriteFile.TYPE -> WriteFile.read(fields);
            case Hello.TYPE -> new Hello(fields.integer("protocol"));
            case ReadFile.TYPE -> ReadFile.read(fields);
            case SetIdentity.TYPE -> SetIdentity.read(fields);
            case SyncTime.TYPE -> new SyncTime(fields.number("unix_ms"));
            case Shutdown.TYPE -> new Shutdown(fields.bool("reboot"));
            case Freeze.TYPE -> new Freeze(fields.integer("hold_ms"));
            case Thaw.TYPE -> new Thaw();
            default -> StreamRequest.parse(fields);
        };
    }

    /** Whether the agent lives, for how long its guest has been up, and what the guest is called. */
    record HealthCheck() implements Request {
        static final String TYPE = "health_check";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {}
    }

    /**
     * The guest's address, its way out and its name servers, now and at its next start.
     *
     * @param ip an address with the length of its prefix, IPv4 or IPv6
     * @param gateway where everything else goes, or null for nowhere
     * @param dns name servers, addresses
     * @param ip6 a second address, IPv6, or null
     * @param gateway6 where all other IPv6 goes, or null
     * @param device the network device's name, or null for the first real one
     */
    record ConfigureNetwork(
            String ip,
            @Nullable String gateway,
            List<String> dns,
            @Nullable String ip6,
            @Nullable String gateway6,
            @Nullable String device)
            implements Request {
        static final String TYPE = "configure_network";

        /** Copies the list. */
        public ConfigureNetwork {
            dns = List.copyOf(dns);
        }

        /** Reads the fields, from a frame or from where the guest remembers them. */
        public static ConfigureNetwork read(Fields fields) throws ProtocolException {
            return new ConfigureNetwork(
                    fields.string("ip"),
                    fields.optionalString("gateway"),
                    fields.strings("dns"),
                    fields.optionalString("ip6"),
                    fields.optionalString("gateway6"),
                    fields.optionalString("device"));
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {
            out.string("ip", ip).string("gateway", gateway).strings("dns", dns);
            out.string("ip6", ip6).string("gateway6", gateway6).string("device", device);
        }
    }

    /**
     * A command that is run to its end; its output comes in one answer, cut to what a frame holds.
     *
     * @param command what to run
     */
    record Exec(CommandSpec command) implements Request {
        static final String TYPE = "exec";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {
            command.write(out);
        }
    }

    /** How the guest's memory, disk, CPUs and network are used. */
    record ReportStatus() implements Request {
        static final String TYPE = "report_status";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {}
    }

    /**
     * A file, whole or more at its end. Its directories are made.
     *
     * @param path where, absolute
     * @param content what is in it
     * @param mode its permission bits, or null for 0644, or those it has
     * @param append whether it is added to what is there; else the file changes from old to new at one instant
     * @param asText whether the content goes as text, which an existing agent needs and which must then be UTF-8
     */
    @SuppressWarnings("ArrayRecordComponent") // a message on its way through, never compared
    record WriteFile(String path, byte[] content, @Nullable Integer mode, boolean append, boolean asText)
            implements Request {
        static final String TYPE = "write_file";
        private static final int OCTAL = 8;

        static WriteFile read(Fields fields) throws ProtocolException {
            byte[] binary = fields.optionalBase64("content_base64");
            byte[] content = binary == null ? fields.string("content").getBytes(StandardCharsets.UTF_8) : binary;
            return new WriteFile(fields.string("path"), content, mode(fields), fields.bool("append"), binary == null);
        }

        /** A number is the bits themselves; a text, as some hosts have it, is octal. */
        private static @Nullable Integer mode(Fields fields) throws ProtocolException {
            if (!fields.has("mode")) {
                return null;
            }
            try {
                return fields.optionalInt("mode");
            } catch (ProtocolException notANumber) {
                String text = fields.string("mode");
                try {
                    return Integer.parseInt(text, OCTAL);
                } catch (NumberFormatException e) {
                    throw new ProtocolException("field 'mode' is '" + Fields.printable(text) + "', not octal", e);
                }
            }
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {
            out.string("path", path).number("mode", mode).bool("append", append);
            if (asText) {
                out.utf8("content", content, content.length);
            } else {
                out.base64("content_base64", content);
            }
        }
    }

    /**
     * Who are you. What an existing agent does not know, and ends the connection at.
     *
     * @param protocol the newest version this host speaks
     */
    record Hello(int protocol) implements Request {
        static final String TYPE = "hello";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {
            out.number("protocol", protocol);
        }
    }

    /**
     * A piece of a file.
     *
     * @param path which, absolute
     * @param offset where the piece begins
     * @param limit how many bytes at most
     */
    record ReadFile(String path, long offset, int limit) implements Request {
        /** The longest piece: in base 64 it fits a frame. */
        public static final int MAX_PIECE = 512 * 1024;

        static final String TYPE = "read_file";

        static ReadFile read(Fields fields) throws ProtocolException {
            Long offset = fields.optionalNumber("offset");
            return new ReadFile(fields.string("path"), offset == null ? 0 : offset, fields.integer("limit"));
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {
            out.string("path", path).number("offset", offset).number("limit", limit);
        }
    }

    /**
     * Who the guest is from now on. What is null or false stays as it is.
     *
     * @param hostname its name, or null
     * @param authorizedKeys the public keys that may log in as root, all of them, or null
     * @param newMachineId whether it gets a machine id nobody else has
     * @param newSshHostKeys whether it gets host keys nobody else has
     * @param entropy randomness for its kernel, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // a message on its way through, never compared
    record SetIdentity(
            @Nullable String hostname,
            @Nullable List<String> authorizedKeys,
            boolean newMachineId,
            boolean newSshHostKeys,
            byte @Nullable [] entropy)
            implements Request {
        static final String TYPE = "set_identity";

        /** Copies the list. */
        public SetIdentity {
            authorizedKeys = authorizedKeys == null ? null : List.copyOf(authorizedKeys);
        }

        static SetIdentity read(Fields fields) throws ProtocolException {
            return new SetIdentity(
                    fields.optionalString("hostname"),
                    fields.has("authorized_keys") ? fields.strings("authorized_keys") : null,
                    fields.bool("new_machine_id"),
                    fields.bool("new_ssh_host_keys"),
                    fields.optionalBase64("entropy"));
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {
            out.string("hostname", hostname);
            if (authorizedKeys != null) {
                out.strings("authorized_keys", authorizedKeys);
            }
            out.bool("new_machine_id", newMachineId).bool("new_ssh_host_keys", newSshHostKeys);
            if (entropy != null) {
                out.base64("entropy", entropy);
            }
        }

        /** Names what changes; never the entropy. */
        @Override
        public String toString() {
            return "SetIdentity[hostname=" + hostname + ", newMachineId=" + newMachineId + ", newSshHostKeys="
                    + newSshHostKeys + "]";
        }
    }

    /**
     * What time it is.
     *
     * @param unixMillis milliseconds since 1970 in UTC
     */
    record SyncTime(long unixMillis) implements Request {
        static final String TYPE = "sync_time";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {
            out.number("unix_ms", unixMillis);
        }
    }

    /**
     * The guest is to shut itself down. Answered when its init was told.
     *
     * @param reboot whether it is to start again
     */
    record Shutdown(boolean reboot) implements Request {
        static final String TYPE = "shutdown";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {
            out.bool("reboot", reboot);
        }
    }

    /**
     * The guest's disks stand still, all written, until {@link Thaw} or the time given has passed.
     *
     * @param holdMillis how long at most, 1 to {@link #MAX_HOLD_MILLIS}
     */
    record Freeze(int holdMillis) implements Request {
        /** The longest a guest stands still. */
        public static final int MAX_HOLD_MILLIS = 2_000;

        static final String TYPE = "freeze";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {
            out.number("hold_ms", holdMillis);
        }
    }

    /** The end of a {@link Freeze}. An error if it had ended by itself: what was copied meanwhile is not whole. */
    record Thaw() implements Request {
        static final String TYPE = "thaw";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(FieldWriter out) {}
    }
}
