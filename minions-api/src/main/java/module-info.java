/** The public API and the interfaces that backends implement. */
module dev.minions.api {
    requires static transitive org.jspecify;

    exports dev.minions;
    exports dev.minions.error;
    exports dev.minions.event;
    exports dev.minions.spi;
    exports dev.minions.spi.process;
}
