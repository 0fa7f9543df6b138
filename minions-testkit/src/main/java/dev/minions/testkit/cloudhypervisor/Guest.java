package dev.minions.testkit.cloudhypervisor;

import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.testkit.fake.FakeAgent;
import dev.minions.testkit.fake.FakeCommand;
import dev.minions.testkit.fake.ScriptedAgent;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What boots in the fake machine: a few lines on the console, drivers, an agent. The kernel's command line says what it
 * does, one word each; see {@link FakeCloudHypervisor}.
 */
final class Guest implements FakeAgent.Guest {
    private static final int AGENT_PORT = 1024;
    private static final int READY_PORT = 1025;

    private final Machine machine;
    private final List<String> words;
    private final VmId vm;
    private final ScriptedAgent agent = new ScriptedAgent();
    private final CountDownLatch gone = new CountDownLatch(1);
    private volatile boolean up;

    Guest(Machine machine, String commandLine) {
        this.machine = machine;
        this.words = Arrays.asList(commandLine.split(" ", -1));
        this.vm = words.stream()
                .filter(word -> word.startsWith("minions.vm="))
                .map(word -> VmId.of(word.substring("minions.vm=".length())))
                .findFirst()
                .orElseGet(VmId::random);
        agent.with("poweroff", later(this::powerOff));
        agent.with("reboot", later(() -> machine.guestReboots(this)));
        agent.with("panic", later(() -> machine.guestPanics(this)));
    }

    /** The command answers before what it does is done, as in a guest whose service manager gets the order. */
    private static FakeCommand later(Runnable deed) {
        return call -> {
            Thread.ofPlatform().daemon().name("guest").start(deed);
            return 0;
        };
    }

    void boot() {
        Thread.ofPlatform().daemon().name("guest").start(this::run);
    }

    private void run() {
        machine.print("[    0.000000] Linux version 6.1.0-fake\r\n[    0.000000] Command line: "
                + String.join(" ", words) + "\r\n");
        if (has("guest.panics")) {
            machine.guestPanics(this);
        } else if (has("guest.reboots-once") && machine.boots() == 1) {
            machine.guestReboots(this);
        } else if (has("guest.powers-off")) {
            machine.guestPowersOff(this);
        } else if (!machine.rootIsWritable()) {
            machine.print("EXT4-fs (vda): I/O error while writing superblock\r\n(initramfs) \r\n");
        } else if (elapses(number("guest.boot-millis=", 20))) {
            comeUp();
        }
    }

    private void comeUp() {
        if (has("guest.driverless")) {
            machine.print("fake guest is up, without vsock\r\n");
            return;
        }
        machine.activateDevices(this);
        if (!elapses(number("guest.agent-millis=", 5))) {
            return;
        }
        if (!has("guest.agentless")) {
            machine.listen(this, AGENT_PORT, connection -> agent.serve(connection, this));
        }
        up = true;
        machine.print("fake guest is up\r\n");
        if (!has("guest.agentless") && !has("guest.silent")) {
            machine.dial(READY_PORT, "ready\n");
        }
    }

    /** It had come up when its memory was saved. */
    void wakeUp() {
        up = true;
        machine.listen(this, AGENT_PORT, connection -> agent.serve(connection, this));
    }

    void pressButton() {
        if (up && !has("guest.ignores-button")) {
            Thread.ofPlatform().daemon().name("guest").start(() -> machine.guestPowersOff(this));
        }
    }

    /** Whether a removed device is let go of. */
    boolean letsGo() {
        return up && !has("guest.keeps-devices");
    }

    void end() {
        gone.countDown();
    }

    private boolean has(String word) {
        return words.contains(word);
    }

    private long number(String prefix, long otherwise) {
        return words.stream()
                .filter(word -> word.startsWith(prefix))
                .map(word -> Long.parseLong(word.substring(prefix.length())))
                .findFirst()
                .orElse(otherwise);
    }

    /** Whether it is still there after that time. */
    private boolean elapses(long millis) {
        try {
            return !gone.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public VmId vm() {
        return vm;
    }

    @Override
    public VmName name() {
        return VmName.of("fake");
    }

    @Override
    public Framing framing() {
        return Framing.CONNECTIONS;
    }

    @Override
    public void powerOff() {
        Thread.ofPlatform().daemon().name("guest").start(() -> machine.guestPowersOff(this));
    }
}
