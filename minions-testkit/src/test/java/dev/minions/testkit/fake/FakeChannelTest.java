package dev.minions.testkit.fake;

import dev.minions.spi.GuestChannel;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.Vmm;
import dev.minions.testkit.GuestChannelContract;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class FakeChannelTest {
    @Nested
    class OverAStream extends Guest {
        OverAStream() {
            super(Framing.STREAM);
        }
    }

    @Nested
    class WithConnections extends Guest {
        WithConnections() {
            super(Framing.CONNECTIONS);
        }
    }

    abstract static class Guest extends GuestChannelContract {
        private final Framing framing;
        private Vmm vmm;

        @TempDir
        Path directory;

        Guest(Framing framing) {
            this.framing = framing;
        }

        @BeforeEach
        void boot() {
            var machines = new FakeMachines(directory);
            vmm = machines.open(new FakeHost().channels(framing)).start(machines.machine("a"));
        }

        @Override
        protected GuestChannel channel() {
            return vmm.channel();
        }
    }
}
