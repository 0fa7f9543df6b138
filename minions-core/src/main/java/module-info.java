import dev.minions.core.DirectoryVolumes;
import dev.minions.core.NoNetwork;
import dev.minions.spi.BackendProvider;

/** The engine. */
module dev.minions.core {
    requires transitive dev.minions.api;
    requires com.zaxxer.hikari;
    requires dev.minions.agent;
    requires java.sql;
    requires org.slf4j;
    requires org.xerial.sqlitejdbc;
    requires tools.jackson.core;
    requires tools.jackson.databind;

    exports dev.minions.core;

    provides BackendProvider with
            DirectoryVolumes.Provider,
            NoNetwork.Provider;

    uses BackendProvider;
}
