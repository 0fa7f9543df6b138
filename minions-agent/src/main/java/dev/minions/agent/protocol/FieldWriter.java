package dev.minions.agent.protocol;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * Writes one frame that holds one flat JSON object. A field whose value is null is left out.
 *
 * <p>Threads: one.
 */
public final class FieldWriter {
    private static final int HEADER = 4;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final JsonGenerator json;

    /** Begins a frame. */
    public FieldWriter() {
        bytes.write(new byte[HEADER], 0, HEADER);
        json = Json.FACTORY.createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8);
        json.writeStartObject();
    }

    /** A text. */
    public FieldWriter string(String name, @Nullable String value) {
        if (value != null) {
            json.writeStringProperty(name, value);
        }
        return this;
    }

    /** Text that is UTF-8 already. */
    public FieldWriter utf8(String name, byte[] text, int length) {
        json.writeName(name);
        json.writeUTF8String(text, 0, length);
        return this;
    }

    /** Bytes, in base 64. */
    public FieldWriter base64(String name, byte[] value) {
        json.writeStringProperty(name, Base64.getEncoder().encodeToString(value));
        return this;
    }

    /** A number, whole or not. */
    public FieldWriter number(String name, @Nullable Number value) {
        if (value instanceof Double real) {
            json.writeNumberProperty(name, real);
        } else if (value != null) {
            json.writeNumberProperty(name, value.longValue());
        }
        return this;
    }

    /** A truth. */
    public FieldWriter bool(String name, boolean value) {
        json.writeBooleanProperty(name, value);
        return this;
    }

    /** A list of texts. */
    public FieldWriter strings(String name, Collection<String> values) {
        json.writeArrayPropertyStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
        return this;
    }

    /** A table of texts by name. */
    public FieldWriter map(String name, Map<String, String> values) {
        json.writeObjectPropertyStart(name);
        for (Map.Entry<String, String> value : values.entrySet()) {
            json.writeStringProperty(value.getKey(), value.getValue());
        }
        json.writeEndObject();
        return this;
    }

    /** Ends the object; the whole frame, with its length in front. */
    public byte[] frame() throws ProtocolException {
        json.writeEndObject();
        json.close();
        byte[] frame = bytes.toByteArray();
        int length = frame.length - HEADER;
        if (length > FrameReader.MAX_LENGTH) {
            throw new ProtocolException(
                    "a message of " + length + " bytes does not fit a frame of " + FrameReader.MAX_LENGTH);
        }
        StreamData.putInt(frame, 0, length);
        return frame;
    }

    /** How many bytes one byte of a UTF-8 text becomes between the quotes. */
    public static int escapedLength(byte b) {
        if (b < 0 || b >= ' ') {
            return b == '"' || b == '\\' ? 2 : 1;
        }
        return b == '\n' || b == '\r' || b == '\t' || b == '\b' || b == '\f' ? 2 : 6;
    }
}
