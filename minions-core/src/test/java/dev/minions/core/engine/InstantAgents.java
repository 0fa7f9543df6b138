package dev.minions.core.engine;

import dev.minions.Command;
import dev.minions.ExecResult;
import dev.minions.ExitStatus;
import dev.minions.GuestProcess;
import dev.minions.GuestStatus;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmRecord;
import dev.minions.spi.Vmm;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Agents that answer as soon as a byte reaches their guest, and are heard by a test. */
final class InstantAgents implements GuestAgents {
    private static final int PROBE = 42;
    private final Predicate<VmRecord> shutDown;

    private final Heard heard;

    /**
     * Makes them.
     *
     * @param heard notes what they are told
     * @param shutDown what one does that is asked to power its guest off, and whether it says that it will
     */
    InstantAgents(Heard heard, Predicate<VmRecord> shutDown) {
        this.heard = heard;
        this.shutDown = shutDown;
    }

    /** What guests were told, and how they behave. */
    static final class Heard {
        final List<String> calls = new CopyOnWriteArrayList<>();
        volatile boolean thawsTooEarly;
        volatile boolean refusesCommands;
    }

    @Override
    public Optional<Link> tryReach(VmRecord vm, Vmm vmm, Duration limit) {
        try (var connection = vmm.channel().open(0, limit)) {
            connection.output().write(PROBE);
            return connection.input().read() < 0 ? Optional.empty() : Optional.of(new InstantLink(heard, shutDown, vm));
        } catch (java.io.IOException e) {
            return Optional.empty();
        } catch (MinionsException e) {
            if (e.code() == ErrorCode.AGENT_TIMEOUT || e.code() == ErrorCode.VMM_EXITED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Link reach(VmRecord vm, Vmm vmm, Duration limit) {
        return new InstantLink(heard, shutDown, vm);
    }

    @Override
    public void close() {
        // it holds nothing
    }

    private record InstantLink(Heard heard, Predicate<VmRecord> onShutDown, VmRecord vm) implements Link {
        @Override
        public void configure(Identity identity, Duration limit) {
            heard.calls.add("be " + identity.hostname() + (identity.fresh() ? " anew" : ""));
        }

        @Override
        public ExecResult exec(Command command) {
            heard.calls.add("run " + String.join(" ", command.argv()));
            if (heard.refusesCommands) {
                return new ExecResult(ExitStatus.exited(1), new byte[0], new byte[0], false);
            }
            byte[] words = String.join(" ", command.argv()).getBytes(StandardCharsets.UTF_8);
            return new ExecResult(ExitStatus.exited(0), words, new byte[0], false);
        }

        @Override
        public GuestProcess start(Command command) {
            throw new MinionsException(ErrorCode.NOT_SUPPORTED, "run " + command + ": this fake has no streams");
        }

        @Override
        public GuestStatus status(Duration limit) {
            throw new MinionsException(ErrorCode.NOT_SUPPORTED, "status: this fake has none");
        }

        @Override
        public boolean shutDown(Duration limit) {
            return onShutDown.test(vm);
        }

        @Override
        public void freeze(Duration hold, Duration limit) {
            heard.calls.add("freeze");
        }

        @Override
        public boolean thaw(Duration limit) {
            heard.calls.add("thaw");
            return !heard.thawsTooEarly;
        }

        @Override
        public void rename(String hostname, Duration limit) {
            heard.calls.add("be called " + hostname);
        }

        @Override
        public void close() {
            // nothing to give back
        }
    }
}
