package dev.minions.hypervisor.qemu;

import dev.minions.HostReport.Finding;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.Network;
import java.util.List;

/**
 * The network that needs no bridge and no privileges: a program in user space for each VM, which makes the guest's
 * connections from the host's own addresses.
 *
 * <p>A guest reaches what the host reaches, and not the host itself: not its loopback, none of its addresses, no
 * link-local address such as a cloud's metadata service. That takes {@code passt} and rules of nftables around it. Where
 * there is no {@code passt}, or it cannot be confined, guests have a card that leads nowhere; published ports work all
 * the same, and {@link Network#description} says which it is.
 */
public final class UserNetwork implements BackendFactory<Network> {
    static final BackendId ID = BackendId.of("user");

    private final Confinement.HostAccess access;
    private final List<String> dns;

    private UserNetwork(Confinement.HostAccess access, List<String> dns) {
        this.access = access;
        this.dns = dns;
    }

    /** With the name servers of this host where guests can reach them, and public ones elsewhere. */
    public static UserNetwork onThisHost() {
        return new UserNetwork(Confinement.HostAccess.REFUSED, List.of());
    }

    /**
     * The same, where {@code passt} cannot be confined too. There a guest that crafts its own packets reaches every
     * service of this host, those that listen on 127.0.0.1 only included.
     */
    public UserNetwork allowHostAccess() {
        return new UserNetwork(Confinement.HostAccess.ALLOWED, dns);
    }

    /**
     * The same with other name servers.
     *
     * @param addresses IPv4 addresses, at least one
     */
    public UserNetwork dns(List<String> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a network needs at least one name server");
        }
        return new UserNetwork(
                access, addresses.stream().map(NameServers::requireLiteral).toList());
    }

    @Override
    public BackendId id() {
        return ID;
    }

    @Override
    public List<Finding> probe() {
        return List.of(Confinement.of(access).finding());
    }

    @Override
    public Network open(BackendContext context) {
        return new PasstNetwork(context, Confinement.of(access), dns.isEmpty() ? NameServers.ofThisHost() : dns);
    }
}
