/** Contracts, fakes and a leak census, for the tests of Minions and of anybody's backend. */
module dev.minions.testkit {
    requires transitive dev.minions.api;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;
    requires dev.minions.agent;

    exports dev.minions.testkit;
    exports dev.minions.testkit.census;
    exports dev.minions.testkit.cloudhypervisor;
    exports dev.minions.testkit.fake;
    exports dev.minions.testkit.frame;
    exports dev.minions.testkit.kill;

    // The tests in the contracts are not public, as tests are; JUnit calls them all the same.
    opens dev.minions.testkit to
            org.junit.platform.commons;
}
