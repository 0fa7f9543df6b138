package dev.minions.hypervisor.ch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventLogTest {
    private static String event(String source, String name, String properties) {
        return "{\n  \"timestamp\": {\n    \"secs\": 0,\n    \"nanos\": 1\n  },\n  \"source\": \"" + source
                + "\",\n  \"event\": \"" + name + "\",\n  \"properties\": " + properties + "\n}\n\n";
    }

    private static String device(String name, String id) {
        return event("virtio-device", name, "{\n    \"id\": \"" + id + "\"\n  }");
    }

    private static final String BOOT = event("vm", "booting", "null") + event("vm", "booted", "null");
    private static final String END =
            event("vm", "shutdown", "null") + event("vm", "deleted", "null") + event("vmm", "shutdown", "null");

    @Test
    void eventsAndComplaintsAreToldApart() {
        EventLog log = EventLog.of("cloud-hypervisor:   3.282803s: <vmm> WARN:net_util/src/tap.rs:84 -- Tap exists\n"
                + BOOT + "Error: no luck\n  1: a cause\n");

        assertThat(log.events()).extracting(EventLog.Event::name).containsExactly("booting", "booted");
        assertThat(log.tail())
                .containsExactly("WARN:net_util/src/tap.rs:84 -- Tap exists", "Error: no luck", "1: a cause");
    }

    @Test
    void aGuestThatPowersOffPutsItsDevicesAwayFirst() {
        assertThat(EventLog.of(BOOT + device("activated", "disk0") + device("reset", "disk0") + END)
                        .isPoweredOff())
                .isTrue();
        assertThat(EventLog.of(BOOT + device("activated", "disk0") + END).isPoweredOff())
                .as("a VMM that is told to end")
                .isFalse();
        assertThat(EventLog.of(BOOT + device("activated", "disk0") + device("reset", "disk0"))
                        .isPoweredOff())
                .as("a guest that is about to reboot")
                .isFalse();
        assertThat(EventLog.of(BOOT + END).isPoweredOff())
                .as("a guest that never took a device")
                .isTrue();
    }

    @Test
    void whatWasBeforeARebootDoesNotCount() {
        String panic = event("guest", "panic", "{\n    \"event\": \"panic\"\n  }");
        String reboot = event("vm", "rebooting", "null") + event("vm", "rebooted", "null");

        assertThat(EventLog.of(BOOT + panic).isPanicked()).isTrue();
        assertThat(EventLog.of(BOOT + panic + reboot).isPanicked()).isFalse();
        assertThat(EventLog.of(BOOT + device("activated", "vsock") + reboot).isActive("vsock"))
                .isFalse();
        assertThat(EventLog.of(BOOT + device("activated", "vsock")).isActive("vsock"))
                .isTrue();
    }

    @Test
    void aKernelThatSavesItsMemoryAfterAPanicGoesOn() {
        assertThat(EventLog.of(BOOT + event("guest", "panic", "{\n    \"event\": \"crash_loaded\"\n  }"))
                        .isPanicked())
                .isFalse();
    }

    @Test
    void halfAnEventIsNone() {
        assertThat(EventLog.of("  \"source\": \"vm\",\n  \"event\": \"deleted\"\n}\n\n" + BOOT)
                        .events())
                .extracting(EventLog.Event::name)
                .containsExactly("booting", "booted");
        assertThat(EventLog.of("{\n  \"source\": \"vm\",\n").events()).isEmpty();
        assertThat(EventLog.of("").tail()).isEmpty();
    }

    @Test
    void removalsAreCounted() {
        String removed = event("vm", "device-removed", "{\n    \"bdf\": \"0000:00:06.0\",\n    \"id\": \"data\"\n  }");

        assertThat(EventLog.of(BOOT + removed + removed).removals("data")).isEqualTo(2);
        assertThat(EventLog.of(BOOT + removed).removals("other")).isZero();
    }
}
