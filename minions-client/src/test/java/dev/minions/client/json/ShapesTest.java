package dev.minions.client.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds {@code docs/json.md} to the shapes: its examples are what the code writes, and it explains every field. */
class ShapesTest {
    private static final Path PAGE = Path.of("..", "docs", "json.md");
    private static final JsonMapper READER = new JsonMapper();

    static Stream<JsonShape> samples() {
        return Samples.all();
    }

    static Stream<Class<?>> shapes() {
        return Arrays.stream(Objects.requireNonNull(JsonShape.class.getPermittedSubclasses()));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyComponentIsAFieldOfItsName(Class<?> shape) {
        JsonShape sample = Samples.deep().filter(shape::isInstance).findFirst().orElseThrow();
        assertThat(sample.fields().keySet())
                .containsExactlyElementsOf(Arrays.stream(shape.getRecordComponents())
                        .map(RecordComponent::getName)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theExampleOnThePageIsWhatIsWritten(JsonShape sample) throws IOException {
        String heading = "## " + sample.getClass().getSimpleName().replace("Json", "") + "\n";
        String section = Files.readString(PAGE).split(heading, 2)[1].split("\n## ", 2)[0];
        String example = section.split("```json\n", 2)[1].split("```", 2)[0];
        assertThat(example).isEqualTo(pretty(sample));
        JsonNode written = READER.readTree(sample.toJson());
        assertThat(READER.readTree(example)).isEqualTo(written);
        for (String name : fieldNames(written)) {
            assertThat(section).as("the table explains every field").contains("| `" + name + "` |");
        }
    }

    /** Fields of this object and of those in it, but for maps whose keys are the user's. */
    private static List<String> fieldNames(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.properties().forEach(field -> {
            names.add(field.getKey());
            boolean open = List.of("labels", "paths", "packages").contains(field.getKey());
            JsonNode value = field.getValue().isArray() ? field.getValue().path(0) : field.getValue();
            if (value.isObject() && !open) {
                names.addAll(fieldNames(value));
            }
        });
        return names;
    }

    /** As the page shows it: a field a line, and what is inside a field on the line of the field. */
    private static String pretty(JsonShape shape) {
        List<String> lines = new ArrayList<>();
        READER.readTree(shape.toJson())
                .properties()
                .forEach(field -> lines.add("  \"" + field.getKey() + "\": " + field.getValue()));
        return "{\n" + String.join(",\n", lines) + "\n}\n";
    }

    @Test
    void everyCodeOfAnErrorIsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(page).contains("| `" + code.text() + "` | `" + Fields.word(code.kind()) + "` |");
        }
        assertThat(MinionsException.Kind.values())
                .allSatisfy(kind -> assertThat(page).contains("`" + Fields.word(kind) + "`"));
    }
}
