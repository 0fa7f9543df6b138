package dev.minions.hypervisor.ch;

import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor.Release;

class ChContractTest extends FakeContractCase {
    ChContractTest() {
        super(Release.V53);
    }
}
