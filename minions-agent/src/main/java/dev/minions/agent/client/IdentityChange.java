package dev.minions.agent.client;

import dev.minions.agent.protocol.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who a guest is to be from now on: what is not named stays as it is. Immutable; the methods return a changed copy.
 */
public final class IdentityChange {
    private final Request.SetIdentity request;

    private IdentityChange(Request.SetIdentity request) {
        this.request = request;
    }

    /** Nothing changes. */
    public static IdentityChange none() {
        return new IdentityChange(new Request.SetIdentity(null, null, false, false, null));
    }

    /** The guest is called that: a DNS label. */
    public IdentityChange hostname(String name) {
        return with(
                name, request.authorizedKeys(), request.newMachineId(), request.newSshHostKeys(), request.entropy());
    }

    /** These public keys, and no others, may log in as root. */
    public IdentityChange authorizedKeys(List<String> keys) {
        return with(request.hostname(), keys, request.newMachineId(), request.newSshHostKeys(), request.entropy());
    }

    /** The guest gets a machine id that nobody else has. */
    public IdentityChange newMachineId() {
        return with(request.hostname(), request.authorizedKeys(), true, request.newSshHostKeys(), request.entropy());
    }

    /** The guest gets SSH host keys that nobody else has. */
    public IdentityChange newSshHostKeys() {
        return with(request.hostname(), request.authorizedKeys(), request.newMachineId(), true, request.entropy());
    }

    /** The guest's kernel gets randomness that nobody else has: after a copy of memory both would draw the same. */
    public IdentityChange entropy(byte[] bytes) {
        return with(
                request.hostname(),
                request.authorizedKeys(),
                request.newMachineId(),
                request.newSshHostKeys(),
                bytes.clone());
    }

    private static IdentityChange with(
            @Nullable String hostname,
            @Nullable List<String> keys,
            boolean machineId,
            boolean hostKeys,
            byte @Nullable [] entropy) {
        return new IdentityChange(new Request.SetIdentity(hostname, keys, machineId, hostKeys, entropy));
    }

    Request.SetIdentity request() {
        return request;
    }

    /** What changes; not the randomness. */
    @Override
    public String toString() {
        return request.toString();
    }
}
