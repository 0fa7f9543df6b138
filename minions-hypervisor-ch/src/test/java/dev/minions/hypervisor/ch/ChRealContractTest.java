package dev.minions.hypervisor.ch;

import dev.minions.spi.BackendFactory;
import dev.minions.spi.Hypervisor;
import dev.minions.testkit.HypervisorContract;
import org.junit.jupiter.api.BeforeAll;

/** The contract, on a true Cloud Hypervisor; see {@link RealHypervisor}. */
class ChRealContractTest extends HypervisorContract {
    @BeforeAll
    static void requireOne() {
        RealHypervisor.require();
    }

    @Override
    protected BackendFactory<Hypervisor> factory() {
        return RealHypervisor.require().factory();
    }

    @Override
    protected Guest guest() {
        return RealHypervisor.require().guest();
    }
}
