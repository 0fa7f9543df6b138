package dev.minions.core;

import dev.minions.AttachedDisk;
import dev.minions.ChangeOptions;
import dev.minions.Command;
import dev.minions.ConsoleLog;
import dev.minions.DestroyOptions;
import dev.minions.ExecResult;
import dev.minions.GuestProcess;
import dev.minions.GuestStatus;
import dev.minions.Resize;
import dev.minions.Snapshots;
import dev.minions.StartOptions;
import dev.minions.StopOptions;
import dev.minions.StopResult;
import dev.minions.Vm;
import dev.minions.VmId;
import dev.minions.VmInfo;
import dev.minions.VmName;
import dev.minions.core.engine.Engine;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A VM of an engine in this process. */
class LocalVm implements Vm {
    private final Engine engine;
    private final VmId id;

    LocalVm(Engine engine, VmId id) {
        this.engine = engine;
        this.id = id;
    }

    @Override
    public VmId id() {
        return id;
    }

    @Override
    public VmInfo info() {
        return engine.info(id);
    }

    @Override
    public void start(StartOptions options) {
        engine.start(id, options);
    }

    @Override
    public StopResult stop(StopOptions options) {
        return engine.stop(id, options);
    }

    @Override
    public void destroy(DestroyOptions options) {
        engine.destroy(id, options);
    }

    @Override
    public Snapshots snapshots() {
        return new LocalSnapshots(engine, id);
    }

    @Override
    public void rename(VmName name, ChangeOptions options) {
        engine.rename(id, name, options);
    }

    @Override
    public void resize(Resize wanted, ChangeOptions options) {
        engine.resize(id, wanted, options);
    }

    @Override
    public void attach(AttachedDisk disk, ChangeOptions options) {
        engine.attach(id, disk, options);
    }

    @Override
    public void detach(Path disk, ChangeOptions options) {
        engine.detach(id, disk, options);
    }

    @Override
    public ExecResult exec(Command command) {
        return engine.exec(id, command);
    }

    @Override
    public GuestProcess start(Command command) {
        return engine.begin(id, command);
    }

    @Override
    public GuestStatus status() {
        return engine.status(id);
    }

    @Override
    public ConsoleLog console() {
        return engine.console(id);
    }

    /** Two handles are equal if they mean the same VM of the same engine. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LocalVm that && id.equals(that.id) && engine == that.engine;
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "vm " + id;
    }
}
