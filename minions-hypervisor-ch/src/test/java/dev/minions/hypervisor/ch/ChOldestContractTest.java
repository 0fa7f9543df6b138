package dev.minions.hypervisor.ch;

import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor.Release;

class ChOldestContractTest extends FakeContractCase {
    ChOldestContractTest() {
        super(Release.V51);
    }
}
