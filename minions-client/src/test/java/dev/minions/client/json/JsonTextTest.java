package dev.minions.client.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonTextTest {
    private static final JsonMapper READER = new JsonMapper();

    private static String shown(String text) {
        return READER.readTree(new CompletionJson("bash", text).toJson())
                .get("script")
                .asString();
    }

    @Property
    void aReaderSeesEveryTextAsItWas(@ForAll String text) {
        assertThat(shown(text)).isEqualTo(text);
    }

    @Property
    void whatIsWrittenIsOneLineOfUtf8WithoutControlCharacters(@ForAll String text) {
        String json = new CompletionJson("bash", text).toJson();
        assertThat(json.chars()).noneMatch(Character::isISOControl);
        assertThat(new String(json.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(json);
    }

    @Test
    void charactersThatMeanSomethingAreEscaped() {
        assertThat(new CompletionJson("a\"b\\c", "\n\r\t\u0000\u001b\u007f\u009b").toJson())
                .isEqualTo("{\"shell\":\"a\\\"b\\\\c\",\"script\":\"\\n\\r\\t\\u0000\\u001b\\u007f\\u009b\"}");
        assertThat(new CompletionJson("", "ä€😀").toJson()).isEqualTo("{\"shell\":\"\",\"script\":\"ä€😀\"}");
        assertThat(new CompletionJson("\ud83d", "\ude00\ud83d").toJson())
                .isEqualTo("{\"shell\":\"\\ud83d\",\"script\":\"\\ude00\\ud83d\"}");
    }

    @Test
    void listsAreArraysAndWhatIsNotKnownIsNull() {
        VmJson.Activity activity = new VmJson.Activity("op", "start", "boot", Instant.EPOCH, true, null);
        assertThat(JsonText.of(List.of(activity, activity)))
                .isEqualTo("[" + activity.toJson() + "," + activity.toJson() + "]")
                .contains("\"orphaned\":true,\"needs\":null}");
        assertThat(JsonText.of(List.of())).isEqualTo("[]");
        assertThat(new DestroyedJson("a", "b").toJson()).isEqualTo("{\"id\":\"a\",\"name\":\"b\"}");
    }

    @Test
    void mapsAreObjectsInTheOrderOfTheirKeys() {
        ImageJson image = new ImageJson(
                "d",
                List.of(),
                "os",
                "arch",
                1,
                2,
                Instant.EPOCH,
                "",
                null,
                Map.of("b", "2", "a", "1"),
                "/d",
                null,
                null,
                List.of());
        assertThat(image.toJson())
                .contains("\"packages\":{\"a\":\"1\",\"b\":\"2\"}")
                .contains("\"names\":[]");
        JsonNode read = READER.readTree(image.toJson());
        assertThat(read.get("createdAt").asString()).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(read.get("size").asLong()).isEqualTo(1);
    }

    @Test
    void whatJsonHasNoFormForIsRefused() {
        StopResultJson endless = new StopResultJson("a", "b", "killed", Double.NaN);
        assertThatIllegalArgumentException().isThrownBy(endless::toJson).withMessageContaining("NaN");
    }
}
