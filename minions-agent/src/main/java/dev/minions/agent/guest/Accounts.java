package dev.minions.agent.guest;

import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.Fields;
import org.jspecify.annotations.Nullable;

/** The guest's users, from {@code /etc/passwd}. */
final class Accounts {
    private static final int FIELDS = 7;

    private final GuestRoot root;

    Accounts(GuestRoot root) {
        this.root = root;
    }

    /**
     * One user.
     *
     * @param name the name, or the number if it has none
     * @param uid the number
     * @param gid the number of the user's group
     * @param home the home directory
     * @param shell the login shell
     * @param known whether it is in the file, and hence may have more groups
     */
    record Account(String name, int uid, int gid, String home, String shell, boolean known) {
        static final Account ROOT = new Account("root", 0, 0, "/root", "/bin/sh", true);
    }

    /**
     * Finds a user by name or number; root for null.
     *
     * @throws GuestFailure if there is no user of that name
     */
    Account find(@Nullable String user) throws GuestFailure {
        String wanted = user == null ? "root" : user;
        String passwd = root.text("/etc/passwd");
        for (String line : passwd == null ? new String[0] : passwd.split("\n", -1)) {
            String[] fields = line.split(":", -1);
            if (fields.length == FIELDS && (fields[0].equals(wanted) || fields[2].equals(wanted))) {
                return account(fields);
            }
        }
        if (user == null) {
            return Account.ROOT;
        }
        if (user.matches("\\d{1,9}")) {
            int number = Integer.parseInt(user);
            return new Account(user, number, number, "/", "/bin/sh", false);
        }
        throw new GuestFailure(Failure.NOT_EXECUTABLE, "user '" + Fields.printable(user) + "' is not in the guest");
    }

    private static Account account(String[] fields) throws GuestFailure {
        try {
            String shell = fields[6].isEmpty() ? "/bin/sh" : fields[6];
            return new Account(
                    fields[0], Integer.parseInt(fields[2]), Integer.parseInt(fields[3]), fields[5], shell, true);
        } catch (NumberFormatException e) {
            throw new GuestFailure(
                    Failure.NOT_EXECUTABLE, "user '" + Fields.printable(fields[0]) + "' has no number in /etc/passwd");
        }
    }
}
