package dev.minions.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.agent.protocol.FieldWriter;
import dev.minions.agent.protocol.ProtocolException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class Utf8Test {
    @Property(tries = 500)
    void whatFitsIsValidAndAsLongInJsonAsWasReckoned(
            @ForAll @Size(max = 300) byte[] bytes, @ForAll @IntRange(max = 400) int budget) throws ProtocolException {
        Utf8.Text text = Utf8.fit(bytes, bytes.length, budget);
        String decoded = new String(text.utf8(), StandardCharsets.UTF_8);
        assertThat(decoded.getBytes(StandardCharsets.UTF_8)).isEqualTo(text.utf8());
        assertThat(jsonLength(text.utf8()))
                .isEqualTo(Utf8.escapedLength(bytes, text.consumed()))
                .isLessThanOrEqualTo(budget);
    }

    @Property(tries = 300)
    void textIsKeptAsItIs(@ForAll String any) {
        byte[] bytes = any.getBytes(StandardCharsets.UTF_8);
        Utf8.Text text = Utf8.fit(bytes, bytes.length, Long.MAX_VALUE);
        assertThat(text.utf8()).isEqualTo(bytes);
        assertThat(text.consumed()).isEqualTo(bytes.length);
    }

    private static long jsonLength(byte[] utf8) throws ProtocolException {
        int empty = new FieldWriter().utf8("a", new byte[0], 0).frame().length;
        return new FieldWriter().utf8("a", utf8, utf8.length).frame().length - (long) empty;
    }
}
