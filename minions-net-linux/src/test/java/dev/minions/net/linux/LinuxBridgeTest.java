package dev.minions.net.linux;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What needs a host to change: each class in a namespace of its own. */
class LinuxBridgeTest {
    @TestFactory
    Stream<DynamicTest> keepsTheContractOfNetworks() {
        return Namespace.run(BridgeContract.class);
    }

    @TestFactory
    Stream<DynamicTest> leadsWhereItShouldAndNowhereElse() {
        return Namespace.run(ReachCases.class);
    }

    @TestFactory
    Stream<DynamicTest> letsNoGuestBeAnother() {
        return Namespace.run(SpoofCases.class);
    }

    @TestFactory
    Stream<DynamicTest> leavesNothingWhenAProcessDies() {
        return Namespace.run(KilledCases.class);
    }

    @TestFactory
    Stream<DynamicTest> changesTheHostAndPutsItBack() {
        return Namespace.run(SetupCases.class);
    }
}
