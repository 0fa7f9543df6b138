package dev.minions.hypervisor.qemu;

import dev.minions.HostReport.Finding;
import dev.minions.spi.process.HostProgram;
import dev.minions.spi.process.HostUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How guests' packets are kept from the host.
 *
 * @param way by what
 * @param obstacle why not in a better way; empty where all is well
 */
record Confinement(Way way, Optional<Obstacle> obstacle) {
    /**
     * What keeps passt from being confined.
     *
     * @param fact what was found
     * @param advice what to do about it
     */
    record Obstacle(String fact, String advice) {}

    /** By what. */
    enum Way {
        /** passt runs as a user of its own, and rules on this host reject what that user sends to the host. */
        USER_RULES,
        /** passt runs in a network namespace of its own that leads out through pasta, with the rules in there. */
        NAMESPACE,
        /** Not at all, as was allowed. */
        NONE,
        /** There is no passt: QEMU's own network, which then lets nothing out. */
        ISOLATED
    }

    /** Whether guests may reach the host where it cannot be prevented. */
    enum HostAccess {
        REFUSED,
        ALLOWED
    }

    private static final String INSTALL = "apt install passt nftables";
    private static final int CAP_NET_ADMIN = 12;

    static Confinement of(HostAccess access) {
        if (HostProgram.find("passt").isEmpty()) {
            return new Confinement(Way.ISOLATED, Optional.of(new Obstacle("passt is not on the PATH", INSTALL)));
        }
        Optional<Obstacle> obstacle = HostUser.isRoot() ? obstacleAsRoot() : obstacleAsUser();
        if (obstacle.isEmpty()) {
            return new Confinement(HostUser.isRoot() ? Way.USER_RULES : Way.NAMESPACE, obstacle);
        }
        return new Confinement(access == HostAccess.ALLOWED ? Way.NONE : Way.ISOLATED, obstacle);
    }

    private static Optional<Obstacle> obstacleAsRoot() {
        if (HostProgram.find("nft").isEmpty()) {
            return Optional.of(new Obstacle("passt is kept from the host by nft, which is not on the PATH", INSTALL));
        }
        return hasCapability(CAP_NET_ADMIN)
                ? Optional.empty()
                : Optional.of(new Obstacle(
                        "passt is kept from the host by firewall rules, which this root may not change",
                        "give the container the capability NET_ADMIN"));
    }

    private static Optional<Obstacle> obstacleAsUser() {
        if (HostProgram.find("nft").isEmpty() || HostProgram.find("pasta").isEmpty()) {
            return Optional.of(new Obstacle(
                    "passt is kept from the host by nft and pasta, and one of them is not on the PATH", INSTALL));
        }
        Path tun = Path.of("/dev/net/tun");
        if (!Files.isReadable(tun) || !Files.isWritable(tun)) {
            return Optional.of(new Obstacle(
                    "passt is kept from the host with the help of /dev/net/tun, which cannot be opened",
                    "chmod 666 /dev/net/tun"));
        }
        if (isZero("/proc/sys/user/max_user_namespaces")
                || isZero("/proc/sys/kernel/unprivileged_userns_clone")
                || "1".equals(read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"))) {
            return Optional.of(new Obstacle(
                    "passt is kept from the host in a namespace, and users may not make one on this host",
                    "run as root, or: sysctl user.max_user_namespaces=10000 kernel.unprivileged_userns_clone=1"
                            + " kernel.apparmor_restrict_unprivileged_userns=0, those of them that there are"));
        }
        return Optional.empty();
    }

    private static boolean isZero(String setting) {
        return "0".equals(read(setting));
    }

    /** Empty if it is not there, as some settings are on some kernels only. */
    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean hasCapability(int number) {
        return read("/proc/self/status")
                .lines()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> line.substring("CapEff:".length()).strip())
                .anyMatch(hex -> (Long.parseUnsignedLong(hex, 16) >> number & 1) == 1);
    }

    /** Whether rules may be on this host, made now or by an engine that could. */
    boolean canHaveRules() {
        return HostUser.isRoot() && HostProgram.find("nft").isPresent();
    }

    Finding finding() {
        return switch (way) {
            case USER_RULES, NAMESPACE -> Finding.ok("user network", toString());
            case NONE -> Finding.warning("user network", toString(), advice());
            case ISOLATED -> Finding.warning("user network", toString(), advice());
        };
    }

    private String fact() {
        return obstacle.map(Obstacle::fact).orElse("");
    }

    private String advice() {
        return obstacle.map(Obstacle::advice).orElse("");
    }

    @Override
    public String toString() {
        return switch (way) {
            case USER_RULES -> "user-mode network (passt), kept from the host by nftables";
            case NAMESPACE -> "user-mode network (passt), kept from the host in a namespace";
            case NONE -> "user-mode network (passt), GUESTS REACH THIS HOST, as was allowed: " + fact();
            case ISOLATED -> "user-mode network without a way out, published ports only: " + fact();
        };
    }
}
