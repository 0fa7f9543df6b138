package dev.minions.e2e.suite;

import dev.minions.testkit.fake.KillPoint;
import dev.minions.testkit.kill.Change;
import dev.minions.testkit.kill.DoomedProgram;

/** A program that changes a VM of a {@link CampaignHost} and is killed at a point of that. */
final class CampaignWorker {
    private CampaignWorker() {}

    /** Arguments: the name of a {@link Change}, the point. */
    public static void main(String[] args) {
        DoomedProgram.run(new CampaignHost(), Change.valueOf(args[0]), KillPoint.of(args[1]));
    }
}
