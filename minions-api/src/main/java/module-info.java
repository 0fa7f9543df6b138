/** The public API and the interfaces that backends implement. */
module dev.minions.api {
    requires static transitive org.jspecify;
}
