package dev.minions.agent.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command as it travels. An existing agent knows the program and its arguments only.
 *
 * @param command the program: a path, or a name to be found on the guest's {@code PATH}
 * @param args its arguments
 * @param env variables beside the usual ones
 * @param cwd where it runs, or null for the root directory
 * @param user whom it runs as, a name or a number, or null for root
 * @param timeoutMillis how long it may run before it is killed with all it started; 0 for ever
 */
public record CommandSpec(
        String command,
        List<String> args,
        Map<String, String> env,
        @Nullable String cwd,
        @Nullable String user,
        long timeoutMillis) {
    /** The longest time limit: thirty days. */
    public static final long MAX_TIMEOUT_MILLIS = 30L * 24 * 60 * 60 * 1000;

    /** Copies the lists. */
    public CommandSpec {
        args = List.copyOf(args);
        env = Map.copyOf(env);
    }

    static CommandSpec read(Fields fields) throws ProtocolException {
        Long timeout = fields.optionalNumber("timeout_ms");
        if (timeout != null && (timeout < 0 || timeout > MAX_TIMEOUT_MILLIS)) {
            throw new ProtocolException("field 'timeout_ms' is " + timeout + ", not 0 to " + MAX_TIMEOUT_MILLIS);
        }
        CommandSpec spec = new CommandSpec(
                fields.string("command"),
                fields.strings("args"),
                fields.map("env"),
                fields.optionalString("cwd"),
                fields.optionalString("user"),
                timeout == null ? 0 : timeout);
        spec.check();
        return spec;
    }

    private void check() throws ProtocolException {
        if (command.isEmpty()) {
            throw new ProtocolException("field 'command' is empty");
        }
        boolean nul = command.indexOf(0) >= 0 || (cwd != null && cwd.indexOf(0) >= 0);
        for (String arg : args) {
            nul |= arg.indexOf(0) >= 0;
        }
        for (Map.Entry<String, String> variable : env.entrySet()) {
            String name = variable.getKey();
            nul |= name.indexOf(0) >= 0 || variable.getValue().indexOf(0) >= 0;
            if (name.isEmpty() || name.indexOf('=') >= 0) {
                throw new ProtocolException("'" + Fields.printable(name) + "' cannot be the name of a variable");
            }
        }
        if (nul) {
            throw new ProtocolException("a word of the command contains a NUL character");
        }
    }

    void write(FieldWriter out) {
        out.string("command", command).strings("args", args);
        if (!env.isEmpty()) {
            out.map("env", env);
        }
        out.string("cwd", cwd).string("user", user);
        if (timeoutMillis > 0) {
            out.number("timeout_ms", timeoutMillis);
        }
    }

    /** The program and how many arguments; they and the variables may hold secrets. */
    @Override
    public String toString() {
        return Fields.printable(command) + " (" + args.size() + " arguments)";
    }
}
