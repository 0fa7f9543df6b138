package dev.minions.core.engine;

import dev.minions.ExitStatus;
import dev.minions.GuestProcess;
import dev.minions.agent.client.AgentProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/** A command in a guest that holds its link for as long as it is open. */
final class LinkedProcess implements GuestProcess {
    private final AgentLink link;
    private final String what;
    private final AgentProcess process;

    LinkedProcess(AgentLink link, String what, AgentProcess process) {
        this.link = link;
        this.what = what;
        this.process = process;
    }

    @Override
    public OutputStream stdin() {
        return process.stdin();
    }

    @Override
    public InputStream stdout() {
        return process.stdout();
    }

    @Override
    public InputStream stderr() {
        return process.stderr();
    }

    @Override
    public void signal(int number) {
        try {
            process.signal(number);
        } catch (IOException e) {
            throw AgentLinks.translate(what, link.vm(), e);
        }
    }

    @Override
    public Optional<ExitStatus> waitFor(Duration limit) {
        try {
            return process.waitFor(limit);
        } catch (InterruptedException e) {
            throw Turns.interrupted(what + " in", link.vm().id(), e);
        } catch (IOException e) {
            throw AgentLinks.translate(what, link.vm(), e);
        }
    }

    @Override
    public void close() {
        process.close();
        link.close();
    }
}
