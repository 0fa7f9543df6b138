package dev.minions.client.json;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was found in a data directory that its database did not know.
 *
 * @param vms the names of the VMs that are known again
 * @param images the digests of the images that are known again
 * @param left what was left as it is
 */
public record RecoveryJson(List<String> vms, List<String> images, List<Left> left) implements JsonShape {
    /** Copies the lists. */
    public RecoveryJson {
        vms = List.copyOf(vms);
        images = List.copyOf(images);
        left = List.copyOf(left);
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields()
                .add("vms", vms)
                .add("images", images)
                .add("left", left)
                .map();
    }

    /**
     * A VM's directory that was left as it is.
     *
     * @param directory its path
     * @param reason why, and what to do
     */
    public record Left(String directory, String reason) implements JsonShape {
        @Override
        public Map<String, @Nullable Object> fields() {
            return new Fields()
                    .add("directory", directory)
                    .add("reason", reason)
                    .map();
        }
    }
}
