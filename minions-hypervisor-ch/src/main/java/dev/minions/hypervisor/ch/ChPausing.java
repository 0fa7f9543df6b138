package dev.minions.hypervisor.ch;

import dev.minions.spi.Pausing;

/** Pauses and resumes by the VMM's own requests, which take a machine in the wrong state for an error. */
final class ChPausing implements Pausing {
    private static final String PAUSED = "Paused";

    private final Api api;

    ChPausing(Api api) {
        this.api = api;
    }

    @Override
    public boolean isPaused() {
        return api.call(Verb.INFO).path("state").asString("").equals(PAUSED);
    }

    @Override
    public void pause() {
        if (!isPaused()) {
            api.call(Verb.PAUSE);
        }
    }

    @Override
    public void resume() {
        if (isPaused()) {
            api.call(Verb.RESUME);
        }
    }
}
