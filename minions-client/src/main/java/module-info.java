/** The JSON shapes, shared by the command line and the HTTP API. */
module dev.minions.client {
    requires transitive dev.minions.api;

    exports dev.minions.client.json;
}
