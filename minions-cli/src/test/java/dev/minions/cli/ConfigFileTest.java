package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class ConfigFileTest {
    private static ConfigFile parse(String text) {
        return ConfigFile.parse("minions.toml", text);
    }

    private static String value(String line) {
        return Objects.requireNonNull(parse(line).entry("", "k")).value();
    }

    @Test
    void stringsNumbersAndBooleansAreRead() {
        assertThat(value("k = \"a \\\"b\\\" \\\\ \\u00e4\\n\"")).isEqualTo("a \"b\" \\ ä\n");
        assertThat(value("k = 'C:\\n' # a comment")).isEqualTo("C:\\n");
        assertThat(value("k=1_000")).isEqualTo("1000");
        assertThat(value("k = true#comment")).isEqualTo("true");
        assertThat(value("k = \"a # b\"")).isEqualTo("a # b");
    }

    @Test
    void keysBelongToTheTableAboveThem() {
        ConfigFile file = parse("a = 1\n# note\n[network] # here\nid = \"user\"\n");
        assertThat(file.entry("", "a")).isEqualTo(new ConfigFile.Entry("1", 1));
        assertThat(file.entry("network", "id")).isEqualTo(new ConfigFile.Entry("user", 4));
        assertThat(file.entry("network", "a")).isNull();
    }

    @Test
    void everyMistakeIsToldWithItsLine() {
        assertRefused("\n\nk = plain", "minions.toml:3: the value of 'k' must be a \"string\"");
        assertRefused("k = \"open", "minions.toml:1: the value of 'k' must be");
        assertRefused("k = [1, 2]", "minions.toml:1: the value of 'k' must be");
        assertRefused("what is this", "minions.toml:1: expected [table] or key = value, found 'what is this'");
        assertRefused("a.b = 1", "minions.toml:1: expected");
        assertRefused("k = 1\nk = 2", "minions.toml:2: key 'k' stands here a second time");
        assertRefused("[a]\n[b]\n[a]", "minions.toml:3: table [a] stands here a second time");
        assertRefused("k = \"\\q\"", "minions.toml:1: '\\q' is no escape");
        assertRefused("k = \"\\u12\"", "minions.toml:1: \\u needs four hexadecimal digits");
    }

    private static void assertRefused(String text, String message) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> parse(text))
                .withMessageContaining(message);
    }
}
