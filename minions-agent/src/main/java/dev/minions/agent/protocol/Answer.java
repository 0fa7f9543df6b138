package dev.minions.agent.protocol;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an agent answers: a JSON object whose {@code status} is {@code ok}, or {@code error} for {@link Failed}. */
public sealed interface Answer {
    /** Writes the status and all fields but {@code id}. */
    void write(FieldWriter out);

    /**
     * The whole frame of an answer.
     *
     * @param id the request's id, or null if it had none
     * @param answer what is answered
     * @throws ProtocolException if it is too long for a frame
     */
    static byte[] encode(@Nullable Integer id, Answer answer) throws ProtocolException {
        FieldWriter out = new FieldWriter();
        answer.write(out);
        return out.number("id", id).frame();
    }

    /**
     * The failure in an answer, if it is one.
     *
     * @throws ProtocolException if it is no answer
     */
    static @Nullable Failed failed(Fields fields) throws ProtocolException {
        String status = fields.string("status");
        if (status.equals("ok")) {
            return null;
        }
        String message = fields.optionalString("message");
        return new Failed(
                Failure.of(fields.optionalString("code")),
                message == null ? "the agent gave no reason" : Fields.printable(message));
    }

    /**
     * It was not done.
     *
     * @param failure why, to decide on
     * @param message why, to read
     */
    record Failed(Failure failure, String message) implements Answer {
        @Override
        public void write(FieldWriter out) {
            out.string("status", "error").string("message", message).string("code", failure.text());
        }
    }

    /**
     * It was done.
     *
     * @param message what, to read, or null
     */
    record Done(@Nullable String message) implements Answer {
        @Override
        public void write(FieldWriter out) {
            out.string("status", "ok").string("message", message);
        }
    }

    /**
     * The agent lives.
     *
     * @param uptimeSeconds since the guest's kernel started
     * @param hostname the guest's name
     * @param protocol the newest version this agent speaks; 0 for an existing agent, who does not say
     */
    record Health(long uptimeSeconds, String hostname, int protocol) implements Answer {
        /** Reads the fields. */
        public static Health read(Fields fields) throws ProtocolException {
            Integer protocol = fields.optionalInt("protocol");
            return new Health(fields.number("uptime_secs"), fields.string("hostname"), protocol == null ? 0 : protocol);
        }

        @Override
        public void write(FieldWriter out) {
            out.string("status", "ok").number("uptime_secs", uptimeSeconds).string("hostname", hostname);
            out.number("protocol", protocol);
        }
    }

    /**
     * How the guest is doing. The last four are null from old agents, and the sizes are rounded down to what those say:
     * whole MiB of memory, whole GiB of disk.
     *
     * @param uptimeSeconds since the guest's kernel started
     * @param memoryTotal bytes of memory its kernel manages
     * @param memoryUsed that less what the kernel calls available
     * @param diskTotal bytes of the root file system
     * @param diskUsed what is used of it
     * @param cpuUsagePercent use of all CPUs together
     * @param networkRxBytes received by the first real device
     * @param networkTxBytes sent by it
     * @param loadAverage over one minute
     */
    record Status(
            long uptimeSeconds,
            long memoryTotal,
            long memoryUsed,
            long diskTotal,
            long diskUsed,
            @Nullable Double cpuUsagePercent,
            @Nullable Long networkRxBytes,
            @Nullable Long networkTxBytes,
            @Nullable Double loadAverage)
            implements Answer {
        private static final long MIB = 1L << 20;
        private static final long GIB = 1L << 30;

        /** Reads the fields; no size is negative. */
        public static Status read(Fields fields) throws ProtocolException {
            return new Status(
                    fields.number("uptime_secs"),
                    size(fields, "memory_total_bytes", "memory_total_mb", MIB),
                    size(fields, "memory_used_bytes", "memory_used_mb", MIB),
                    size(fields, "disk_total_bytes", "disk_total_gb", GIB),
                    size(fields, "disk_used_bytes", "disk_used_gb", GIB),
                    fields.optionalReal("cpu_usage_percent"),
                    fields.optionalNumber("network_rx_bytes"),
                    fields.optionalNumber("network_tx_bytes"),
                    fields.optionalReal("load_avg_1m"));
        }

        private static long size(Fields fields, String exact, String rounded, long unit) throws ProtocolException {
            Long bytes = fields.optionalNumber(exact);
            String field = bytes != null ? exact : rounded;
            long count = bytes != null ? bytes : fields.number(rounded);
            long factor = bytes != null ? 1 : unit;
            if (count < 0 || count > Long.MAX_VALUE / factor) {
                throw new ProtocolException("field '" + field + "' is " + count + ", which is no size");
            }
            return count * factor;
        }

        @Override
        public void write(FieldWriter out) {
            out.string("status", "ok").number("uptime_secs", uptimeSeconds);
            out.number("memory_total_mb", memoryTotal / MIB).number("memory_used_mb", memoryUsed / MIB);
            out.number("disk_total_gb", diskTotal / GIB).number("disk_used_gb", diskUsed / GIB);
            out.number("cpu_usage_percent", cpuUsagePercent).number("load_avg_1m", loadAverage);
            out.number("network_rx_bytes", networkRxBytes).number("network_tx_bytes", networkTxBytes);
            out.number("memory_total_bytes", memoryTotal).number("memory_used_bytes", memoryUsed);
            out.number("disk_total_bytes", diskTotal).number("disk_used_bytes", diskUsed);
        }
    }

    /**
     * How a command of {@code exec} ended.
     *
     * @param exitCode what it returned; {@value #KILLED} if a signal ended it
     * @param signal the signal that ended it, or null; existing agents do not say
     * @param timedOut whether its time limit ended it
     * @param stdout what it wrote, as UTF-8
     * @param stderr what it wrote, as UTF-8
     * @param truncated whether one of them is cut
     */
    @SuppressWarnings("ArrayRecordComponent") // a message on its way through, never compared
    record Output(
            int exitCode, @Nullable Integer signal, boolean timedOut, byte[] stdout, byte[] stderr, boolean truncated)
            implements Answer {
        /** The exit code of a command that a signal ended. */
        public static final int KILLED = -1;

        /** Reads the fields. */
        public static Output read(Fields fields) throws ProtocolException {
            return new Output(
                    exitCode(fields),
                    fields.optionalInt("signal"),
                    fields.bool("timed_out"),
                    fields.string("stdout").getBytes(StandardCharsets.UTF_8),
                    fields.string("stderr").getBytes(StandardCharsets.UTF_8),
                    fields.bool("truncated"));
        }

        private static int exitCode(Fields fields) throws ProtocolException {
            long code = fields.number("exit_code");
            if (code != (int) code) {
                throw new ProtocolException("field 'exit_code' is " + code + ", which no command returns");
            }
            return (int) code;
        }

        @Override
        public void write(FieldWriter out) {
            out.string("status", "ok").number("exit_code", exitCode);
            out.utf8("stdout", stdout, stdout.length).utf8("stderr", stderr, stderr.length);
            out.number("signal", signal);
            if (timedOut) {
                out.bool("timed_out", true);
            }
            if (truncated) {
                out.bool("truncated", true);
            }
        }
    }

    /**
     * Who the agent is.
     *
     * @param protocol the newest version it speaks
     * @param version its own version, to read
     * @param vmId the id of the VM it runs in, or null if it was not told
     * @param bootId another at each start of the guest's kernel
     * @param capabilities what it can do beside what an existing agent can
     * @param uptimeMillis since the guest's kernel started
     */
    record Identity(
            int protocol,
            String version,
            @Nullable String vmId,
            String bootId,
            Set<String> capabilities,
            long uptimeMillis)
            implements Answer {
        /** Copies the set. */
        public Identity {
            capabilities = Set.copyOf(capabilities);
        }

        /** Reads the fields. */
        public static Identity read(Fields fields) throws ProtocolException {
            return new Identity(
                    fields.integer("protocol"),
                    fields.string("version"),
                    fields.optionalString("vm_id"),
                    fields.string("boot_id"),
                    new HashSet<>(fields.strings("capabilities")),
                    fields.number("uptime_ms"));
        }

        @Override
        public void write(FieldWriter out) {
            out.string("status", "ok");
            writeFields(out);
        }

        void writeFields(FieldWriter out) {
            out.number("protocol", protocol).string("version", version);
            out.string("vm_id", vmId).string("boot_id", bootId);
            out.strings("capabilities", List.copyOf(new TreeSet<>(capabilities)));
            out.number("uptime_ms", uptimeMillis);
        }
    }

    /**
     * A command of {@code exec_start} runs.
     *
     * @param pid its process and its process group in the guest
     * @param window how many bytes of input the host may send before the agent grants more
     */
    record Started(long pid, int window) implements Answer {
        /** Reads the fields. */
        public static Started read(Fields fields) throws ProtocolException {
            return new Started(fields.number("pid"), fields.integer("window"));
        }

        @Override
        public void write(FieldWriter out) {
            out.string("status", "ok").number("pid", pid).number("window", window);
        }
    }

    /**
     * A piece of a file.
     *
     * @param size how long the whole file is now
     * @param content the piece; shorter than asked only at the end of the file
     */
    @SuppressWarnings("ArrayRecordComponent") // a message on its way through, never compared
    record FileContent(long size, byte[] content) implements Answer {
        /** Reads the fields. */
        public static FileContent read(Fields fields) throws ProtocolException {
            byte[] content = fields.optionalBase64("content_base64");
            if (content == null) {
                throw new ProtocolException("field 'content_base64' is missing");
            }
            return new FileContent(fields.number("size"), content);
        }

        @Override
        public void write(FieldWriter out) {
            out.string("status", "ok").number("size", size).base64("content_base64", content);
        }
    }
}
