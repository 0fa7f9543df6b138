/** The engine. */
module dev.minions.core {
    requires transitive dev.minions.api;
    requires com.zaxxer.hikari;
    requires dev.minions.agent;
    requires java.sql;
    requires org.slf4j;
    requires org.xerial.sqlitejdbc;
    requires tools.jackson.databind;
}
