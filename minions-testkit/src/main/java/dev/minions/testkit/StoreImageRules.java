package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static dev.minions.testkit.StoreRecords.bareImage;
import static dev.minions.testkit.StoreRecords.digest;
import static dev.minions.testkit.StoreRecords.image;
import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.error.ErrorCode;
import dev.minions.spi.ImageRecord;
import dev.minions.spi.StateView;
import dev.minions.spi.VmRecord;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What holds of images: names move, and what VMs stand on stays. */
abstract class StoreImageRules extends StoreCase {
    @Test
    void imagesAreListedInTheOrderOfTheirCreation() {
        put(image(2, "two", "zwei"));
        put(bareImage(7));

        assertThat(images()).containsExactly(image(0, "debian"), image(2, "two", "zwei"), bareImage(7));
    }

    @Test
    void anImageThatIsPutAgainIsReplacedWhereItStands() {
        put(image(1, "one"));
        ImageRecord changed = image(0, "debian", "bookworm");

        put(changed);

        assertThat(images()).containsExactly(changed, image(1, "one"));
    }

    @Test
    void aNameMovesToTheImageThatTakesIt() {
        put(image(1, "debian", "new"));

        assertThat(images()).extracting(ImageRecord::names).containsExactly(Set.of(), Set.of("debian", "new"));
    }

    @Test
    void anImageKeepsTheNamesThatNobodyTakes() {
        put(image(0, "debian", "bookworm"));
        put(image(1, "debian"));

        assertThat(images()).extracting(ImageRecord::names).containsExactly(Set.of("bookworm"), Set.of("debian"));
    }

    @Test
    void anImageThatVmsStandOnIsNotRemoved() {
        added("stands-on-it", 3);

        assertFails(ErrorCode.IMAGE_IN_USE, () -> remove(0)).withMessageContaining("stands-on-it");

        assertThat(images()).hasSize(1);
    }

    @Test
    void anImageThatNoVmStandsOnAnyMoreIsRemoved() {
        VmRecord vm = added("stood-on-it", 3);
        put(image(1, "one"));
        remove(vm);

        remove(0);

        assertThat(images()).containsExactly(image(1, "one"));
    }

    @Test
    void removingAnImageThatIsNotThereIsSuccess() {
        remove(5);

        assertThat(images()).hasSize(1);
    }

    private void put(ImageRecord image) {
        store.write(tx -> {
            tx.putImage(image);
            return true;
        });
    }

    private void remove(int number) {
        store.write(tx -> {
            tx.removeImage(digest(number));
            return true;
        });
    }

    private List<ImageRecord> images() {
        return all(StateView::images);
    }
}
