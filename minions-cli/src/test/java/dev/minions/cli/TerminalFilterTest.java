package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TerminalFilterTest {
    private static String clean(String text) {
        return new TerminalFilter().clean(text);
    }

    @Test
    void sequencesAreTakenOutWhole() {
        assertThat(clean("a\u001b[1;31mb\u001b[0mc")).isEqualTo("abc");
        assertThat(clean("a\u001b]0;title\u0007b")).isEqualTo("ab");
        assertThat(clean("a\u001b]52;c;AAAA\u001b\\b")).isEqualTo("ab");
        assertThat(clean("a\u001bPq data\u001b\\b")).isEqualTo("ab");
        assertThat(clean("a\u001b(0b\u001b7c\u001bMd")).isEqualTo("abcd");
        assertThat(clean("a\u009b31mb")).isEqualTo("ab");
        assertThat(clean("a\rb\bc\u0000d\te\n")).isEqualTo("abcd\te\n");
    }

    @Test
    void anOpenSequenceSwallowsNoMoreThanItsLine() {
        assertThat(clean("a\u001b]0;open\nb")).isEqualTo("a\nb");
        assertThat(clean("a\u001b[31\nb")).isEqualTo("a\nb");
    }

    @Property
    void whatIsLeftSteersNothingHoweverItComesInPieces(@ForAll String text, @ForAll int cut) {
        String steering =
                text.replace('a', '\u001b').replace('b', '[').replace('c', ']').replace('d', '\u009b');
        TerminalFilter filter = new TerminalFilter();
        int at = steering.isEmpty() ? 0 : Math.floorMod(cut, steering.length());
        String pieces = filter.clean(steering.substring(0, at)) + filter.clean(steering.substring(at));
        assertThat(pieces).isEqualTo(clean(steering));
        assertThat(pieces.chars()).allMatch(c -> c == '\n' || c == '\t' || !Text.isUnsafe((char) c.intValue()));
    }
}
