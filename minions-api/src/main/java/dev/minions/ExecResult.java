package dev.minions;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a command in a guest ended, and what it wrote. A non-zero exit is a result like any other. Immutable. */
public final class ExecResult {
    private final ExitStatus status;
    private final byte[] stdout;
    private final byte[] stderr;
    private final boolean truncated;

    /**
     * Made by Minions.
     *
     * @param status how it ended
     * @param stdout what it wrote to its standard output
     * @param stderr what it wrote to its standard error
     * @param truncated whether one of them is cut at its end
     */
    public ExecResult(ExitStatus status, byte[] stdout, byte[] stderr, boolean truncated) {
        this.status = Objects.requireNonNull(status, "status");
        this.stdout = stdout.clone();
        this.stderr = stderr.clone();
        this.truncated = truncated;
    }

    /** How it ended. */
    public ExitStatus status() {
        return status;
    }

    /** Its exit code; 128 and the signal's number if a signal ended it, 124 if its time ran out. */
    public int exitCode() {
        return status.shellCode();
    }

    /** Whether it exited by itself with 0. */
    public boolean succeeded() {
        return status.equals(ExitStatus.exited(0));
    }

    /** Standard output as UTF-8; what is not UTF-8 is replaced. */
    public String stdout() {
        return new String(stdout, StandardCharsets.UTF_8);
    }

    /** Standard error as UTF-8; what is not UTF-8 is replaced. */
    public String stderr() {
        return new String(stderr, StandardCharsets.UTF_8);
    }

    /** A copy of standard output, byte for byte. */
    public byte[] stdoutBytes() {
        return stdout.clone();
    }

    /** A copy of standard error, byte for byte. */
    public byte[] stderrBytes() {
        return stderr.clone();
    }

    /** Whether it wrote more than was kept: see {@link Vm#exec(Command)}. Use {@link Vm#start(Command)} for more. */
    public boolean truncated() {
        return truncated;
    }

    /** The status and the lengths; not the output, which may be long or secret. */
    @Override
    public String toString() {
        return "ExecResult[" + status + ", stdout " + stdout.length + " bytes, stderr " + stderr.length + " bytes"
                + (truncated ? ", truncated]" : "]");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ExecResult that
                && status.equals(that.status)
                && truncated == that.truncated
                && Arrays.equals(stdout, that.stdout)
                && Arrays.equals(stderr, that.stderr);
    }

    @Override
    public int hashCode() {
        return Objects.hash(status, truncated, Arrays.hashCode(stdout), Arrays.hashCode(stderr));
    }
}
