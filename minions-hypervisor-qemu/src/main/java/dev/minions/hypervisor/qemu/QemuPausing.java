package dev.minions.hypervisor.qemu;

import dev.minions.spi.Pausing;
import java.time.Duration;

/** Pauses and resumes by QEMU's own commands, for which twice is as good as once. */
final class QemuPausing implements Pausing {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final QmpControl control;

    QemuPausing(QmpControl control) {
        this.control = control;
    }

    @Override
    public boolean isPaused() {
        return !control.execute("query-status", LIMIT).path("running").asBoolean(true);
    }

    @Override
    public void pause() {
        control.execute("stop", LIMIT);
    }

    @Override
    public void resume() {
        control.execute("cont", LIMIT);
    }
}
