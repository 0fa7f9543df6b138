package dev.minions.core;

import dev.minions.HostReport.Finding;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.AddressPlan;
import dev.minions.spi.Backend;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.BackendProvider;
import dev.minions.spi.Network;
import dev.minions.spi.Nic;
import dev.minions.spi.NicKind;
import dev.minions.spi.VmPlace;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** No network at all: a VM has no card, and is reached through its agent alone. */
public final class NoNetwork implements Network {
    private static final BackendId ID = BackendId.of("none");
    private static final AddressPlan PLAN = AddressPlan.usual(ID.value());

    private NoNetwork() {}

    /** VMs without a card. */
    public static BackendFactory<Network> factory() {
        return new BackendFactory<>() {
            @Override
            public BackendId id() {
                return ID;
            }

            @Override
            public List<Finding> probe() {
                return List.of(Finding.ok("network 'none'", "VMs have no card"));
            }

            @Override
            public Network open(BackendContext context) {
                return new NoNetwork();
            }
        };
    }

    /** Finds it by the id {@code none} in a configuration file. It has no settings. */
    public static final class Provider implements BackendProvider {
        /** For {@link java.util.ServiceLoader}. */
        public Provider() {}

        @Override
        public Class<? extends Backend> kind() {
            return Network.class;
        }

        @Override
        public BackendId id() {
            return ID;
        }

        @Override
        public Set<String> settings() {
            return Set.of();
        }

        @Override
        public BackendFactory<?> configure(Map<String, String> values) {
            return factory();
        }
    }

    @Override
    public BackendId id() {
        return ID;
    }

    @Override
    public String configuration() {
        return "";
    }

    @Override
    public String description() {
        return "no network: VMs are reached through their agents alone";
    }

    @Override
    public NicKind kind() {
        return NicKind.NONE;
    }

    @Override
    public AddressPlan addresses() {
        return PLAN;
    }

    @Override
    public Nic attach(NicRequest request) {
        throw new MinionsException(
                ErrorCode.NOT_SUPPORTED, "attach vm " + request.place().vm() + ": network 'none' has no cards");
    }

    @Override
    public void detach(VmPlace place) {
        // it attaches nothing
    }

    @Override
    public void close() {
        // it holds nothing
    }
}
