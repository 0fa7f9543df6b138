package dev.minions.testkit.fake;

import dev.minions.VmId;
import dev.minions.agent.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What a fake guest has been told by its host. Any thread. */
public final class FakeGuestState {
    /** The machine id and the SSH host key of every guest that was not told to have others. */
    public static final String OF_THE_IMAGE = "of the image";

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private String hostname;
    private Optional<String> address = Optional.empty();
    private List<String> authorizedKeys = List.of();
    private String machineId = OF_THE_IMAGE;
    private String hostKey = OF_THE_IMAGE;
    private int identityChanges;
    private boolean frozen;

    FakeGuestState(VmId vm) {
        hostname = "guest-" + vm.shortForm();
    }

    /** Its name. */
    public synchronized String hostname() {
        return hostname;
    }

    /** Its address with the length of the prefix; empty before it got one. */
    public synchronized Optional<String> address() {
        return address;
    }

    /** Who may log in. */
    public synchronized List<String> authorizedKeys() {
        return authorizedKeys;
    }

    /** Its machine id; {@link #OF_THE_IMAGE} until it was told to have another. */
    public synchronized String machineId() {
        return machineId;
    }

    /** Its SSH host key; {@link #OF_THE_IMAGE} until it was told to have another. */
    public synchronized String hostKey() {
        return hostKey;
    }

    /** How often it was made another guest than the image it was cloned from. */
    public synchronized int identityChanges() {
        return identityChanges;
    }

    /** The text of a file that was written. */
    public synchronized Optional<String> file(String path) {
        return Optional.ofNullable(files.get(path)).map(content -> new String(content, StandardCharsets.UTF_8));
    }

    synchronized Optional<byte[]> bytes(String path) {
        return Optional.ofNullable(files.get(path)).map(byte[]::clone);
    }

    synchronized void write(Request.WriteFile request) {
        byte[] before = request.append() ? files.getOrDefault(request.path(), new byte[0]) : new byte[0];
        byte[] after = new byte[before.length + request.content().length];
        System.arraycopy(before, 0, after, 0, before.length);
        System.arraycopy(request.content(), 0, after, before.length, request.content().length);
        files.put(request.path(), after);
    }

    synchronized void configure(Request.ConfigureNetwork request) {
        address = Optional.of(request.ip());
    }

    synchronized void change(Request.SetIdentity request) {
        hostname = request.hostname() == null ? hostname : request.hostname();
        authorizedKeys = request.authorizedKeys() == null ? authorizedKeys : request.authorizedKeys();
        machineId = request.newMachineId() ? UUID.randomUUID().toString() : machineId;
        hostKey = request.newSshHostKeys() ? UUID.randomUUID().toString() : hostKey;
        identityChanges++;
    }

    /** Stands still until it is told to go on. A real one would not for long; how long a test takes is not its subject. */
    synchronized void freeze() {
        frozen = true;
    }

    /** Whether it stood still until now. */
    synchronized boolean thaw() {
        boolean stood = frozen;
        frozen = false;
        return stood;
    }
}
