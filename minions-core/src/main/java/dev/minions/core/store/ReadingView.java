package dev.minions.core.store;

import dev.minions.ProjectName;
import dev.minions.spi.VmRecord;
import java.util.List;
import java.util.Optional;

/** A view through a connection that only reads. */
final class ReadingView extends StoreView {
    private final ListedVms listed;

    ReadingView(Readers.Reader reader) {
        super(reader.sql());
        this.listed = reader.listed();
    }

    @Override
    public List<VmRecord> vms(Optional<ProjectName> project) {
        return listed.list(sql(), project);
    }
}
