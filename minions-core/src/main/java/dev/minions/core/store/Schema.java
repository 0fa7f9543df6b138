package dev.minions.core.store;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/** The tables, as the numbered migrations that make them. A migration that was ever published is never changed. */
final class Schema {
    /** What the database's header says whose it is: "Mins". */
    static final long APPLICATION_ID = 0x4D69_6E73L;

    /** One step from a version to the next. */
    record Migration(int number, String name, List<String> statements) {
        /** Tells a database whose migration of this number was another one. */
        String fingerprint() {
            CRC32 sum = new CRC32();
            statements.forEach(statement -> sum.update(statement.getBytes(StandardCharsets.UTF_8)));
            return Long.toHexString(sum.getValue());
        }
    }

    private static final String MIGRATIONS = """
            CREATE TABLE migrations (
              number INTEGER PRIMARY KEY,
              name TEXT NOT NULL,
              fingerprint TEXT NOT NULL
            ) STRICT""";

    private static final String INSTANCES = """
            CREATE TABLE instances (
              seq INTEGER PRIMARY KEY,
              id TEXT NOT NULL UNIQUE
            ) STRICT""";

    private static final String IMAGES = """
            CREATE TABLE images (
              seq INTEGER PRIMARY KEY AUTOINCREMENT,
              digest TEXT NOT NULL UNIQUE,
              fingerprint TEXT,
              os TEXT NOT NULL,
              architecture TEXT NOT NULL,
              size INTEGER NOT NULL,
              kernel_arguments TEXT NOT NULL,
              has_kernel INTEGER NOT NULL,
              has_initrd INTEGER NOT NULL,
              agent_version TEXT,
              packages TEXT NOT NULL,
              created_at INTEGER NOT NULL
            ) STRICT""";

    private static final String IMAGE_NAMES = """
            CREATE TABLE image_names (
              name TEXT PRIMARY KEY,
              digest TEXT NOT NULL REFERENCES images (digest) ON DELETE CASCADE
            ) STRICT""";

    private static final String VMS = """
            CREATE TABLE vms (
              seq INTEGER PRIMARY KEY AUTOINCREMENT,
              id TEXT NOT NULL UNIQUE,
              project TEXT NOT NULL,
              name TEXT NOT NULL,
              spec TEXT NOT NULL,
              idempotency_key TEXT,
              image TEXT NOT NULL REFERENCES images (digest),
              state TEXT NOT NULL,
              desired TEXT NOT NULL,
              failure TEXT,
              lifetime TEXT NOT NULL,
              owner TEXT,
              cid INTEGER NOT NULL UNIQUE CHECK (cid >= 3),
              network TEXT NOT NULL,
              address INTEGER,
              hypervisor TEXT NOT NULL,
              hypervisor_configuration TEXT NOT NULL,
              volumes TEXT NOT NULL,
              volumes_configuration TEXT NOT NULL,
              nic TEXT NOT NULL,
              nic_configuration TEXT NOT NULL,
              created_at INTEGER NOT NULL,
              started_at INTEGER,
              UNIQUE (project, name),
              UNIQUE (project, idempotency_key),
              UNIQUE (network, address)
            ) STRICT""";

    private static final String FORWARDS = """
            CREATE TABLE forwards (
              vm TEXT NOT NULL REFERENCES vms (id) ON DELETE CASCADE,
              address TEXT NOT NULL,
              port INTEGER NOT NULL,
              PRIMARY KEY (port, address)
            ) STRICT, WITHOUT ROWID""";

    private static final String LANES = """
            CREATE TABLE lanes (
              vm TEXT NOT NULL,
              lane INTEGER NOT NULL,
              instance TEXT NOT NULL,
              PRIMARY KEY (vm, lane)
            ) STRICT, WITHOUT ROWID""";

    private static final String OPERATIONS = """
            CREATE TABLE operations (
              seq INTEGER PRIMARY KEY AUTOINCREMENT,
              id TEXT NOT NULL UNIQUE,
              vm TEXT NOT NULL,
              kind TEXT NOT NULL,
              instance TEXT NOT NULL,
              phase TEXT NOT NULL,
              step TEXT NOT NULL,
              undo TEXT NOT NULL,
              forward TEXT NOT NULL,
              cancel_requested INTEGER NOT NULL,
              started_at INTEGER NOT NULL,
              outcome TEXT
            ) STRICT""";

    private static final String EVENTS = """
            CREATE TABLE events (
              cursor INTEGER PRIMARY KEY AUTOINCREMENT,
              at INTEGER NOT NULL,
              project TEXT NOT NULL,
              vm TEXT NOT NULL,
              type TEXT NOT NULL,
              operation TEXT,
              detail TEXT NOT NULL
            ) STRICT""";

    /** Numbers given back, which are not given again at once. Times count from the boot of that id. */
    private static final String WITHHELD = """
            CREATE TABLE withheld (
              kind TEXT NOT NULL,
              space TEXT NOT NULL,
              value INTEGER NOT NULL,
              boot TEXT NOT NULL,
              at_millis INTEGER NOT NULL,
              PRIMARY KEY (kind, space, value)
            ) STRICT, WITHOUT ROWID""";

    private static final String SNAPSHOTS = """
            CREATE TABLE snapshots (
              seq INTEGER PRIMARY KEY AUTOINCREMENT,
              vm TEXT NOT NULL REFERENCES vms (id) ON DELETE CASCADE,
              id TEXT NOT NULL UNIQUE,
              name TEXT NOT NULL,
              created_at INTEGER NOT NULL,
              guest TEXT NOT NULL,
              disk INTEGER NOT NULL,
              data INTEGER,
              UNIQUE (vm, name)
            ) STRICT""";

    private static final Migration FIRST = new Migration(
            1,
            "the first tables",
            List.of(
                    MIGRATIONS,
                    INSTANCES,
                    IMAGES,
                    IMAGE_NAMES,
                    VMS,
                    "CREATE INDEX vms_of_an_image ON vms (image)",
                    FORWARDS,
                    "CREATE INDEX forwards_of_a_vm ON forwards (vm)",
                    LANES,
                    "CREATE INDEX lanes_of_an_instance ON lanes (instance)",
                    OPERATIONS,
                    "CREATE UNIQUE INDEX one_unfinished_operation_of_a_vm ON operations (vm) WHERE outcome IS NULL",
                    EVENTS,
                    WITHHELD));

    private static final List<Migration> ALL = List.of(FIRST, new Migration(2, "snapshots", List.of(SNAPSHOTS)));

    private Schema() {}

    /** All migrations, in order; the number of the last is the version of the schema. */
    static List<Migration> migrations() {
        return ALL;
    }
}
