/** The guest channel's protocol, its client on the host and the agent in the guest. */
module dev.minions.agent {
    requires transitive dev.minions.api;
    requires org.newsclub.net.unix;
    requires tools.jackson.core;

    exports dev.minions.agent.client;
    exports dev.minions.agent.protocol;
}
