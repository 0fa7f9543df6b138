package dev.minions.client.json;

import dev.minions.ExecResult;
import dev.minions.ExitStatus;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a command in a guest ended, and what it wrote.
 *
 * @param exitCode the number a shell would report: 124 if its time ran out, 128 and the signal if a signal ended it
 * @param how {@code exited}, {@code signalled} or {@code timed-out}
 * @param signal the signal that ended it
 * @param encoding how the two outputs are written here: {@code utf-8}, or {@code base64} if one of them is not UTF-8
 * @param stdout its standard output
 * @param stderr its standard error
 * @param truncated whether one of them is cut at its end
 */
public record ExecResultJson(
        int exitCode,
        String how,
        @Nullable Integer signal,
        String encoding,
        String stdout,
        String stderr,
        boolean truncated)
        implements JsonShape {

    /** The shape of a result. */
    public static ExecResultJson of(ExecResult result) {
        ExitStatus status = result.status();
        Integer signal = status instanceof ExitStatus.Signalled signalled ? signalled.signal() : null;
        String out = utf8(result.stdoutBytes());
        String err = utf8(result.stderrBytes());
        if (out == null || err == null) {
            Base64.Encoder base64 = Base64.getEncoder();
            return new ExecResultJson(
                    result.exitCode(),
                    how(status),
                    signal,
                    "base64",
                    base64.encodeToString(result.stdoutBytes()),
                    base64.encodeToString(result.stderrBytes()),
                    result.truncated());
        }
        return new ExecResultJson(result.exitCode(), how(status), signal, "utf-8", out, err, result.truncated());
    }

    private static String how(ExitStatus status) {
        if (status instanceof ExitStatus.Signalled) {
            return "signalled";
        }
        return status instanceof ExitStatus.TimedOut ? "timed-out" : "exited";
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields()
                .add("exitCode", exitCode)
                .add("how", how)
                .add("signal", signal)
                .add("encoding", encoding)
                .add("stdout", stdout)
                .add("stderr", stderr)
                .add("truncated", truncated)
                .map();
    }
}
