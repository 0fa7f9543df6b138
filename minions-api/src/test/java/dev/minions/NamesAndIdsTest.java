package dev.minions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesAndIdsTest {
    private static final int MANY = 1000;

    @ParameterizedTest
    @ValueSource(strings = {"a", "web", "web-1", "0", "a--b", "abcdefabcde"})
    void aDnsLabelIsAName(String text) {
        assertThat(VmName.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a/b",
                "..",
                ".",
                "Web",
                "-a",
                "a-",
                "a_b",
                "a.b",
                "ü",
                "😀",
                " a",
                "a\n",
                "a\u0000b",
                "/",
                "~"
            })
    void whatIsNoDnsLabelIsNoName(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> VmName.of(text)).withMessageStartingWith("vm name");
        assertThatIllegalArgumentException().isThrownBy(() -> ProjectName.of(text));
    }

    @Test
    void aNameHasSixtyThreeCharactersAtMost() {
        assertThat(VmName.of("a".repeat(63)).value()).hasSize(63);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VmName.of("a".repeat(64)))
                .withMessageContaining("64 characters; 63 are the most");
    }

    @Test
    void aNameCannotBeTakenForAnId() {
        VmId id = VmId.random();
        assertThatIllegalArgumentException().isThrownBy(() -> VmName.of(id.shortForm()));
        assertThatIllegalArgumentException().isThrownBy(() -> VmName.of(id.toString()));
    }

    @Test
    void aMessageShowsNoControlCharactersAndNoFloodOfText() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VmName.of("\u001b[31m" + "x".repeat(5000)))
                .withMessageNotContaining("\u001b")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @Test
    void theTailsOfIdsMadeAtOnceDifferWhileTheirHeadsDoNot() {
        Set<String> tails = new HashSet<>();
        Set<String> heads = new HashSet<>();
        for (int i = 0; i < MANY; i++) {
            VmId id = VmId.random();
            tails.add(id.shortForm());
            heads.add(id.toString().substring(0, 6));
        }
        assertThat(tails).hasSize(MANY);
        assertThat(heads).hasSizeLessThan(MANY / 10);
    }

    @Test
    void anIdIsReadBackFromItsText() {
        VmId id = VmId.random();
        assertThat(VmId.of(id.toString())).isEqualTo(id);
        assertThat(id.value().version()).isEqualTo(7);
        assertThat(id.value().variant()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1-2-3-4-5", "../../etc", "c232ab00-9414-11ec-b3c8-9e6bdeced846"})
    void onlyTheOneFormOfAVersionSevenUuidIsAnId(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> VmId.of(text));
        assertThatIllegalArgumentException().isThrownBy(() -> OperationId.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"debian", "debian-12", "my.image_2"})
    void anImageHasAName(String text) {
        assertThat(ImageRef.of(text).isDigest()).isFalse();
    }

    @Test
    void anImageHasADigest() {
        assertThat(ImageRef.of("sha256:" + "0a".repeat(32)).isDigest()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a..b", "../debian", "a/b", "Debian", "sha256:12", "sha256:../..", "a:b"})
    void whatCouldLeaveItsDirectoryNamesNoImage(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ImageRef.of(text));
    }
}
