package dev.minions.agent.guest;

import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.Fields;
import dev.minions.agent.protocol.Request;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes the guest somebody else: after a copy, no two may share a name, a machine id or host keys. */
final class GuestIdentity {
    private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    /** An RSA key takes an emulated guest that boots the better part of a minute. */
    private static final int KEYGEN_SECONDS = 180;

    private static final int KEYS_MODE = 0600;
    private static final int ID_MODE = 0444;

    private final GuestRoot root;
    private final GuestFiles files;

    GuestIdentity(GuestRoot root, GuestFiles files) {
        this.root = root;
        this.files = files;
    }

    /** Checks everything, then changes it. */
    synchronized void change(Request.SetIdentity change) throws GuestFailure, IOException, InterruptedException {
        String hostname = change.hostname();
        if (hostname != null && !hostname.matches(LABEL)) {
            throw new GuestFailure(
                    Failure.BAD_REQUEST, "'" + Fields.printable(hostname) + "' cannot be a guest's name");
        }
        List<String> keys = change.authorizedKeys();
        for (String key : keys == null ? List.<String>of() : keys) {
            if (key.isBlank() || key.indexOf('\n') >= 0 || key.indexOf('\r') >= 0 || key.indexOf(0) >= 0) {
                throw new GuestFailure(Failure.BAD_REQUEST, "a public key must be one line");
            }
        }
        byte[] entropy = change.entropy();
        if (entropy != null) {
            Files.write(root.at("/dev/urandom"), entropy);
        }
        if (hostname != null) {
            rename(hostname);
        }
        if (keys != null) {
            authorize(keys);
        }
        if (change.newMachineId()) {
            newMachineId();
        }
        if (change.newSshHostKeys()) {
            newHostKeys();
        }
    }

    private void rename(String hostname) throws IOException {
        write("/etc/hostname", hostname + "\n");
        String hosts = root.text("/etc/hosts");
        List<String> lines = new ArrayList<>();
        for (String line : hosts == null ? new String[] {"127.0.0.1 localhost"} : hosts.split("\n", -1)) {
            if (!line.startsWith("127.0.1.1")) {
                lines.add(line);
            }
        }
        lines.add("127.0.1.1 " + hostname);
        write("/etc/hosts", String.join("\n", lines) + "\n");
        Files.writeString(root.at("/proc/sys/kernel/hostname"), hostname);
    }

    private void authorize(List<String> keys) throws IOException {
        Path file = root.at("/root/.ssh/authorized_keys");
        files.makeDirectories(root.at("/root/.ssh"), true);
        String text = keys.isEmpty() ? "" : String.join("\n", keys) + "\n";
        files.replace(file, text.getBytes(StandardCharsets.UTF_8), KEYS_MODE);
    }

    private void newMachineId() throws IOException {
        String uuid = root.text("/proc/sys/kernel/random/uuid");
        if (uuid == null) {
            throw new IOException("the guest's kernel gives no random id");
        }
        byte[] id = (uuid.replace("-", "") + "\n").getBytes(StandardCharsets.US_ASCII);
        files.replace(root.at("/etc/machine-id"), id, ID_MODE);
        Path dbus = root.at("/var/lib/dbus/machine-id");
        if (Files.isRegularFile(dbus) && !Files.isSymbolicLink(dbus)) {
            files.replace(dbus, id, ID_MODE);
        }
    }

    /** A guest that has none yet makes its own when it needs them. */
    private void newHostKeys() throws IOException, InterruptedException {
        File[] old = root.at("/etc/ssh").toFile().listFiles((dir, name) -> name.startsWith("ssh_host_"));
        if (old == null || old.length == 0) {
            return;
        }
        for (File key : old) {
            Files.delete(key.toPath());
        }
        if (root.isReal()) { // sshd reads them anew for each connection it takes
            ShortCommand.run(KEYGEN_SECONDS, "", "ssh-keygen", "-A");
        } else {
            ShortCommand.run(
                    KEYGEN_SECONDS, "", "ssh-keygen", "-A", "-f", root.root().toString());
        }
    }

    private void write(String path, String text) throws IOException {
        Path file = root.at(path);
        Path parent = file.getParent();
        if (parent != null) {
            files.makeDirectories(parent, false);
        }
        files.replace(file, text.getBytes(StandardCharsets.UTF_8), null);
    }

    /** Sets the clock. */
    void setTime(long unixMillis) throws GuestFailure, IOException, InterruptedException {
        if (unixMillis < 0) {
            throw new GuestFailure(Failure.BAD_REQUEST, "field 'unix_ms' is " + unixMillis + ", before 1970");
        }
        String seconds = unixMillis / 1000 + "." + String.format("%03d", unixMillis % 1000);
        ShortCommand.run("", "date", "--utc", "--set=@" + seconds);
    }
}
