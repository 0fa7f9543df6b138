package dev.minions.core.store;

import dev.minions.ProjectName;
import dev.minions.spi.VmRecord;
import java.util.List;
import java.util.Optional;

/**
 * The VMs as a connection last read them. Programs list them far more often than anybody changes one, and SQLite tells in
 * microseconds whether anybody has, in this process or another. For a connection that does not write itself, as
 * {@code data_version} leaves out its own changes (https://www.sqlite.org/pragma.html#pragma_data_version). Not
 * thread-safe.
 */
final class ListedVms {
    private long version;
    private Optional<List<VmRecord>> listed = Optional.empty();

    /** All of them or those of a project, in the order in which they were made. In a transaction: as they were at its begin. */
    List<VmRecord> list(Sql sql, Optional<ProjectName> project) {
        long now = sql.number("PRAGMA data_version");
        if (listed.isEmpty() || now != version) {
            listed = Optional.of(List.copyOf(VmRows.list(sql)));
            version = now;
        }
        List<VmRecord> all = listed.get();
        return project.isEmpty()
                ? all
                : all.stream().filter(vm -> vm.project().equals(project.get())).toList();
    }
}
