package dev.minions.client.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of Minions' JSON. Immutable.
 *
 * <p>A shape says its fields itself instead of being looked at by reflection: a command that prints one line should not
 * load a data binder for it.
 */
public sealed interface JsonShape
        permits AdoptedJson,
                CompletionJson,
                DestroyedJson,
                DiskJson,
                ErrorJson,
                ErrorJson.Failure,
                ExecResultJson,
                GuestStatusJson,
                HostReportJson,
                HostReportJson.Choice,
                HostReportJson.Finding,
                ImageJson,
                InitJson,
                LogJson,
                RecoveryJson,
                RecoveryJson.Left,
                RemovedImageJson,
                SnapshotJson,
                StopResultJson,
                VersionJson,
                VmJson,
                VmJson.Activity,
                VmJson.Backends,
                VmJson.Port {
    /**
     * The fields in the order in which they are written. A value is a {@link String}, a {@link Number}, a
     * {@link Boolean}, a shape, a {@link Iterable} or a {@link Map} of these, or {@code null}.
     */
    Map<String, @Nullable Object> fields();

    /** The shape as JSON, in one line without an end of line. */
    default String toJson() {
        return JsonText.of(this);
    }
}
