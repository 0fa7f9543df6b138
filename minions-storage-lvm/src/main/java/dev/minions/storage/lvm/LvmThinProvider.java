package dev.minions.storage.lvm;

import dev.minions.spi.Backend;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.BackendProvider;
import dev.minions.spi.VolumeBackend;
import java.util.Map;
import java.util.Set;

/**
 * Makes {@link LvmThin} from a configuration file. May be set: {@code volume-group} and {@code pool}, which are
 * {@code minions} and {@code pool} if they are not, and {@code data-limit} and {@code metadata-limit} in percent.
 */
public final class LvmThinProvider implements BackendProvider {
    private static final String VOLUME_GROUP = "volume-group";
    private static final String POOL = "pool";
    private static final String DATA_LIMIT = "data-limit";
    private static final String METADATA_LIMIT = "metadata-limit";

    /** For the service loader. */
    public LvmThinProvider() {}

    @Override
    public Class<? extends Backend> kind() {
        return VolumeBackend.class;
    }

    @Override
    public BackendId id() {
        return LvmThin.ID;
    }

    @Override
    public Set<String> settings() {
        return Set.of(VOLUME_GROUP, POOL, DATA_LIMIT, METADATA_LIMIT);
    }

    @Override
    public BackendFactory<?> configure(Map<String, String> values) {
        return pool(values);
    }

    /**
     * The backend that these settings describe.
     *
     * @throws IllegalArgumentException if a value will not do
     */
    public static LvmThin pool(Map<String, String> values) {
        return LvmThin.pool(
                        values.getOrDefault(VOLUME_GROUP, LvmInit.VOLUME_GROUP),
                        values.getOrDefault(POOL, LvmInit.POOL))
                .limits(
                        percent(values, DATA_LIMIT, PoolLimits.USUAL.data()),
                        percent(values, METADATA_LIMIT, PoolLimits.USUAL.metadata()));
    }

    private static int percent(Map<String, String> values, String name, int usual) {
        String text = values.get(name);
        try {
            return text == null ? usual : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a whole number of percent, got '" + text + "'", e);
        }
    }
}
